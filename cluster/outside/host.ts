import { Draw } from '../../contract/draw.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import type { Ports } from '../../probe/protocol.ts'
import { RELAY } from '../streams/shell-relay.ts'

/** The roles of the hosts outside the cluster. */
export type HostRole = 'observer' | 'internet' | 'routed'

/** The word that stands for the node of a host outside the cluster. */
export const OUTSIDE = 'outside'

/** The unique id under which a host's probe reports itself. */
const uidOf = (run: string, role: HostRole): string => `${role}-${run}`

/** The environment of the probe program on a host outside the cluster. */
export const environmentOf = (run: string, role: HostRole): Record<string, string> => ({
  POD_UID: uidOf(run, role),
  POD_NAME: role,
  CONTAINER: OUTSIDE,
  NODE_NAME: OUTSIDE,
})

/** Ports that no program of a host outside the cluster uses yet: it runs the probe alone. */
const LISTENING = { first: 1_024, last: 31_999 }

/** Draws the ports of a host outside the cluster: an application's server may listen on any port. */
export function drawListening(): Ports {
  const [tcp = 0, udp = 0, http = 0] = Draw.unrepeated().ports(3, LISTENING)
  return { tcp, udp, http }
}

/** The arguments of the probe program on a host outside the cluster. */
export const serveWords = ({ tcp, udp, http }: Ports): string[] => [
  'serve',
  `--tcp=${tcp}`,
  `--udp=${udp}`,
  `--http=${http}`,
]

/** A host outside the cluster as a probe. `shell` are the words that precede a command to run it on that host. */
export function hostProbe(
  run: string,
  role: HostRole,
  { ips, shell, ports }: { ips: readonly string[]; shell: readonly string[]; ports: Ports },
): ProbeRef {
  return {
    namespace: '',
    pod: NAMES[role],
    uid: uidOf(run, role),
    container: OUTSIDE,
    node: OUTSIDE,
    ips: [...ips],
    hostIPs: [],
    ports,
    command: [...shell, ...RELAY],
  }
}

/** How messages name the hosts. */
const NAMES: Readonly<Record<HostRole, string>> = {
  observer: 'the observer',
  internet: 'the internet host',
  routed: 'the routed host',
}

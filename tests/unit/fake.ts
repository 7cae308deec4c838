import type { Workbench } from '../../cluster/workbench.ts'
import { drawForRun } from '../../contract/axes.ts'
import type { Observed } from '../../contract/conversation.ts'
import { targetOf } from '../../contract/conversation.ts'
import { Settings } from '../../contract/settings.ts'
import type { NodeRef, ProbeRef, Role, StandingPod, Topology } from '../../contract/topology.ts'
import type { Outcome } from '../../probe/protocol.ts'

/** A topology of n nodes as provisioning would give it, without a cluster behind it. */
export function fakeTopology(n: number, roles: Role[] = ['client', 'server']): Topology {
  const nodes: NodeRef[] = Array.from({ length: n }, (_, i) => ({
    name: `node-${i + 1}`,
    internalIPs: [`172.18.0.${i + 1}`],
    podCIDRs: [`10.244.${i + 1}.0/24`],
  }))
  const pods = nodes.flatMap((node, i) => roles.map((role, j) => fakePod(role, node, `10.244.${i + 1}.${10 + j}`)))
  return {
    run: 'test',
    seed: 1,
    drawn: drawForRun(1),
    cluster: { source: 'fake', nodeShell: {}, lacks: {} },
    namespaces: { main: 'flatnet-test' },
    nodes,
    allNodes: nodes,
    pods,
    capabilities: {},
    settings: Settings.parse({}),
  }
}

function fakePod(role: Role, node: NodeRef, ip: string): StandingPod {
  const name = `${role}-${node.name}`
  const probe: ProbeRef = {
    namespace: 'flatnet-test',
    pod: name,
    uid: `uid-${name}`,
    container: 'app',
    node: node.name,
    ips: [ip],
    hostIPs: node.internalIPs,
    ports: { tcp: 7000, udp: 7000, http: 7080 },
  }
  return { role, node: node.name, namespace: 'flatnet-test', name, uid: probe.uid, containers: [probe] }
}

export const probeOf = (topology: Topology, role: Role, index: number): ProbeRef => {
  const pod = topology.pods.filter((each) => each.role === role)[index]
  const [probe] = pod?.containers ?? []
  if (!probe) throw new Error(`no ${role} ${index}`)
  return probe
}

/** A conversation without translation; `change` bends it. */
export function flow(from: ProbeRef, to: ProbeRef, change: (outcome: Outcome) => void = () => {}): Observed {
  const local = { ip: from.ips[0] ?? '', port: 40_000 }
  const remote = { ip: to.ips[0] ?? '', port: to.ports.tcp }
  const outcome: Outcome = {
    dial: { protocol: 'TCP', host: remote.ip, port: remote.port, deadline: 1000 },
    client: { local, remote },
    server: {
      local: { ...remote },
      peer: { ...local },
      identity: { uid: to.uid, pod: to.pod, container: to.container, node: to.node },
    },
  }
  change(outcome)
  return { from, to: targetOf(to), outcome }
}

/** A workbench with these parts, which is the one of its run. */
export function fakeBench(parts: object): Workbench {
  const bench: object = { ...parts }
  return Object.defineProperty(bench, 'ofRun', { value: bench }) as Workbench
}

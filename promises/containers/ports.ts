import type { Workbench } from '../../cluster/workbench.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { StandingPod } from '../../contract/topology.ts'

/** No container of a standing pod uses this port. */
const FREE_PORT = 7999

/** The error codes that a second container got when it bound its sibling's port and a free port. null: the bind succeeded. */
export interface Binds {
  pod: StandingPod
  held: string | null
  free: string | null
}

/** Lets the second container of each pod bind the port that its sibling holds, and a free port at the same time. */
export const bindPorts = (bench: Workbench, pods: readonly StandingPod[], protocol: 'TCP' | 'UDP'): Promise<Binds[]> =>
  Promise.all(
    pods.map(async (pod) => {
      const [holder, second] = pod.containers
      if (!holder || !second) throw new Error(`pod ${pod.name} has no two containers`)
      const port = holder.ports[protocol === 'TCP' ? 'tcp' : 'udp']
      const [held, free] = await Promise.all([
        bench.ask(second, 'bind', { protocol, port }),
        bench.ask(second, 'bind', { protocol, port: FREE_PORT }),
      ])
      return { pod, held: held.code, free: free.code }
    }),
  )

function demand(
  all: readonly Binds[],
  what: string,
  code: (each: Binds) => string | null,
  wanted: string | null,
): void {
  if (all.length === 0) throw new Error('no container has bound a port')
  const wrong = all.find((each) => code(each) !== wanted)
  if (!wrong) return
  throw new NonConformance({
    expected: `binding ${what} ${wanted === null ? 'succeeds' : `fails with ${wanted}`}`,
    actual: `pod ${wrong.pod.name} on ${wrong.pod.node}: a second container tried to bind ${what}, and ${code(wrong) === null ? 'succeeded' : `got ${code(wrong)}`}`,
  })
}

/** The port that a sibling holds cannot be bound. */
export const claimHeld = (all: readonly Binds[]): void =>
  demand(all, 'a port that its sibling holds', ({ held }) => held, 'EADDRINUSE')

/** The control. A container that cannot bind any port proves nothing. */
export const claimFree = (all: readonly Binds[]): void => demand(all, 'a free port', ({ free }) => free, null)

import { NonConformance, Trouble } from '../../contract/errors.ts'
import type { Dialable } from '../../fixtures/dialable.ts'
import type { ScenarioResources } from '../../fixtures/scenario-resources.ts'
import type { PortRange } from '../../probe/protocol.ts'
import { attempt } from '../services/addresses.ts'

/** The lowest and the highest port number. At least one of them is outside of the range, unless the range has all ports. */
const EXTREMES = [1, 65_535]
const TOLD = /valid ports is (\d+)-(\d+)/

/**
 * The range from which the API gives node ports, as its refusal of a port outside of it says.
 * @throws Trouble if the API refuses without naming the range.
 */
export async function nodePortRange(own: ScenarioResources): Promise<PortRange> {
  // A dry run does not check the range.
  const replies = await Promise.all(
    EXTREMES.map((nodePort) =>
      attempt(
        own.createService('refused', { type: 'NodePort', ports: [{ port: 80, nodePort }] }, { suffix: `-${nodePort}` }),
      ),
    ),
  )
  const refusals = replies.flatMap((reply) => ('words' in reply ? [reply.words] : []))
  if (refusals.length === 0) return { first: 1, last: 65_535 }
  const told = refusals.map((words) => TOLD.exec(words)).find((found) => found !== null)
  if (!told) throw new Trouble(`the API refused a node port and did not name its range: ${refusals[0]}`)
  return { first: Number(told[1]), last: Number(told[2]) }
}

/** The node port of every client lies in the range. */
export function claimPortsInRange(subjects: readonly Dialable[], { first, last }: PortRange): void {
  if (subjects.length === 0) throw new Error('no node port was given')
  const ports = subjects.flatMap(({ to, ports: { tcp, udp } }) => [tcp, udp].map((port) => ({ port, who: to.label })))
  const astray = ports.find(({ port }) => port < first || port > last)
  if (!astray) return
  throw new NonConformance({
    expected: `an allocated node port lies in the range ${first}-${last}`,
    actual: `${astray.who} was given ${astray.port || 'no node port'}`,
  })
}

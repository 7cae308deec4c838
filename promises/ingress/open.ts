import { isMeant, type Observed, type Planned, show, type Target } from '../../contract/conversation.ts'
import { Trouble } from '../../contract/errors.ts'
import { eventually, limitOf } from '../../contract/waiting.ts'
import type { Ground } from '../../fixtures/ground.ts'
import { promised, type Routing } from '../../fixtures/routing.ts'
import type { HttpRequest } from '../../probe/protocol.ts'
import { converse } from '../conversations/converse.ts'
import { failureOf } from '../conversations/messages.ts'
import { isPromised } from './claims.ts'
import type { Ask } from './requests.ts'

/** The number of times that each request is sent: a controller may have several workers. */
const TIMES = 6
/** The deadline of requests while the controller may not have loaded the rules. */
const EAGER_MS = 1_000

/** The addresses that the controller published for the object of a scenario and for the later one. */
export interface Addresses {
  subject: string | undefined
  later: string
}

type Tools = Pick<Ground, 'bench' | 'limits' | 'topology'>

/**
 * Waits until the controller has published an address for the later object, and then for the object of the scenario.
 * @throws Trouble if the later object gets none: then the controller does not work.
 */
export async function untilPublished({ limits }: Tools, { subject, later }: Routing): Promise<Addresses> {
  const limit = limitOf(limits, 'propagate')
  const address = await eventually(limit.ms, later.address)
  if (address === undefined)
    throw new Trouble(
      `the controller published no address for ${later.name} within ${limit.words}, so this row is inconclusive.`,
    )
  return { later: address, subject: await eventually(limits.rules, subject.address) }
}

/** Plans one request of the client outside the cluster. @throws Trouble if this run has none. */
export function planRequest(
  { topology, limits }: Omit<Tools, 'bench'>,
  { ports }: Pick<Routing, 'ports'>,
  host: string,
  to: Target,
  request: HttpRequest,
): Planned {
  const { outside } = topology
  if (!outside) throw new Trouble('this run has no host outside the cluster')
  const port = request.tls ? ports.https : ports.http
  return { from: outside.observer, to, dial: { protocol: 'HTTP', host, port, deadline: limits.dial, request } }
}

/** The tools with which requests are opened, with the controls that must be answered at the same time. */
interface Opening extends Tools {
  converse(planned: readonly Planned[], controls: readonly Planned[]): Promise<void>
}

/**
 * Sends requests to the address of the scenario's object and, as controls, requests that must be admitted. First waits
 * until the controller has loaded the rules.
 * @throws Trouble if the controller does not answer for the later object, before or afterwards.
 */
export async function sendRequests(tools: Opening, routing: Routing, addresses: Addresses, ask: Ask): Promise<void> {
  const address = addresses.subject ?? addresses.later
  const nobody: Target = { label: routing.subject.name, node: 'the controller', by: [] }
  const planOf = (request: HttpRequest): Planned =>
    planRequest(tools, routing, address, routing.targets[promised(routing, request)] ?? nobody, request)
  const planned = ask(routing).map(planOf)
  const toLater = { host: routing.laterHost, path: '/' }
  const later = planRequest(tools, routing, addresses.later, routing.laterTarget, toLater)
  const [first] = routing.rules
  const admitted = first && planOf({ host: first.host.replace(/^\*/, 'any'), path: first.path })
  await untilLoaded(tools, later, [...planned, ...(admitted ? [admitted] : [])], routing)
  const repeated = (all: readonly Planned[]) => Array.from({ length: TIMES }, () => all).flat()
  await tools.converse(repeated(planned), repeated([admitted ?? later]))
  await untilAnswered(tools, later)
}

/** Waits until the later object answers, and then, for a shorter time, until the rules of the scenario's object hold. */
async function untilLoaded(tools: Tools, later: Planned, planned: readonly Planned[], routing: Routing): Promise<void> {
  const { bench, limits } = tools
  const eager = (all: readonly Planned[]) =>
    all.map((each) => ({ ...each, dial: { ...each.dial, deadline: Math.min(EAGER_MS, each.dial.deadline) } }))
  await untilAnswered(tools, later)
  await eventually(limits.rules, async () => {
    const seen = await converse(bench, eager(planned))
    return seen.every((each) => isPromised(each, routing)) || undefined
  })
}

/** Waits until the controller answers for the later object. @throws Trouble if it does not. */
export async function untilAnswered({ bench, limits }: Tools, later: Planned): Promise<void> {
  const limit = limitOf(limits, 'propagate')
  let last: Observed | undefined
  const answered = await eventually(limit.ms, async () => {
    ;[last] = await converse(bench, [later])
    return (last && isAnswered(last)) || undefined
  })
  if (answered) return
  const { host: ip, port, request } = later.dial
  const why = last && !last.outcome.server ? failureOf(last.outcome) : 'another server answered'
  throw new Trouble(
    `the controller at ${show({ ip, port })} did not send ${later.from.pod} to the backend of ${request?.host} within ${limit.words}: ${why}. This row is inconclusive.`,
  )
}

const isAnswered = ({ to, outcome }: Observed) => outcome.server !== undefined && isMeant(to, outcome.server.identity)

import type { Observed, Planned, Target } from '../../contract/conversation.ts'
import { Trouble } from '../../contract/errors.ts'
import { eventually, seconds } from '../../contract/waiting.ts'
import { type Addresses, dialled, planLater, planRequest, type Tools, untilAnswered } from '../../fixtures/requests.ts'
import { promised, type Routing } from '../../fixtures/routing.ts'
import type { HttpRequest } from '../../probe/protocol.ts'
import { converse } from '../conversations/converse.ts'
import { isPromised } from './claims.ts'
import type { Ask } from './requests.ts'

/** The number of times that each request is sent, at the published addresses in turn: a controller may have several workers. */
const TIMES = 6
/** The deadline of requests while the controller may not have loaded the rules. */
const EAGER_MS = 1_000

/** The tools with which requests are opened, and where their outcomes go, with those of the controls. */
interface Opening extends Tools {
  seen: { take(observed: readonly Observed[], controls: readonly Observed[]): void }
}

/**
 * Sends requests to the addresses of the scenario's object and, as controls, requests that must be admitted. First waits
 * until the controller has loaded the rules.
 * @throws Trouble if the controller does not answer for the later object, before or afterwards.
 */
export async function sendRequests(tools: Opening, routing: Routing, addresses: Addresses, ask: Ask): Promise<void> {
  const published = dialled(tools, addresses.subject ?? addresses.later)
  const nobody: Target = { label: routing.subject.name, node: 'the controller', by: [] }
  const planOf = (request: HttpRequest): Planned[] =>
    published.map((address) =>
      planRequest(tools, routing, address, routing.targets[promised(routing, request)] ?? nobody, request),
    )
  const planned = ask(routing).map(planOf)
  const later = planLater(tools, routing, addresses)
  const request = admittedBy(routing)
  const admitted = request && planOf(request)
  await untilLoaded(tools, later, [...planned, ...(admitted ? [admitted] : [])].flat(), routing)
  const subjects = repeated(planned)
  const all = await converse(tools.bench, [...subjects, ...repeated([admitted ?? later])])
  await untilAnswered(tools, later)
  await refuseIfBusy(tools, all)
  tools.seen.take(all.slice(0, subjects.length), all.slice(subjects.length))
}

/** Repeats requests, each of which is planned for all addresses. */
const repeated = (all: readonly (readonly Planned[])[]): Planned[] =>
  all.flatMap((each) =>
    Array.from({ length: Math.max(TIMES, each.length) }, (_, turn) => each[turn % each.length] ?? []).flat(),
  )

/**
 * A request that the first rule admits. Some controllers redirect plain HTTP to a host that has a certificate, so it gets
 * TLS there.
 */
export function admittedBy({ rules, certificates }: Pick<Routing, 'rules' | 'certificates'>): HttpRequest | undefined {
  const [first] = rules
  if (!first) return undefined
  const { host, path } = first
  return { host: host.replace(/^\*/, 'any'), path, ...(host in certificates && { tls: true }) }
}

/**
 * Sends requests that timed out once more.
 * @throws Trouble if all are answered now: the machine of the controller was too busy. A second time-out is judged.
 */
async function refuseIfBusy({ bench }: Tools, all: readonly Observed[]): Promise<void> {
  const late = all.filter(({ outcome }) => outcome.failure === 'timeout')
  if (late.length === 0) return
  const again = await converse(
    bench,
    late.map(({ from, to, outcome: { dial } }) => ({ from, to, dial })),
  )
  if (again.some(({ outcome }) => outcome.failure === 'timeout')) return
  throw new Trouble(
    `${late.length} of ${all.length} requests were not answered within ${seconds(late[0]?.outcome.dial.deadline ?? 0)}, and all of them were answered when they were sent again. The controller or its machine is too busy, so this row is inconclusive.`,
  )
}

/** Waits until the later object answers, and then, for a shorter time, until the rules of the scenario's object hold. */
async function untilLoaded(
  tools: Tools,
  later: readonly Planned[],
  planned: readonly Planned[],
  routing: Routing,
): Promise<void> {
  const { bench, limits } = tools
  const eager = (all: readonly Planned[]) =>
    all.map((each) => ({ ...each, dial: { ...each.dial, deadline: Math.min(EAGER_MS, each.dial.deadline) } }))
  await untilAnswered(tools, later)
  await eventually(limits.rules, async () => {
    const seen = await converse(bench, eager(planned))
    return seen.every((each) => isPromised(each, routing)) || undefined
  })
}

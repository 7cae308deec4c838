import type { Workbench } from '../../cluster/workbench.ts'
import type { Planned } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import { untilPropagated } from '../../contract/waiting.ts'
import type { Endpoint, Ground, Scene } from '../../fixtures/ground.ts'
import { Hope, type Path } from '../../fixtures/outages.ts'
import { triesToMeet } from '../../fixtures/statistics.ts'
import { claimAnswered } from '../conversations/claims.ts'
import { serviceTitle } from '../conversations/messages.ts'
import { pathsTo } from '../paths/to-services.ts'
import { examples, type Tally, tally } from './tally.ts'

/** The conversations of a client after which it is asked whether the others are of any use. */
const PART = 400

/**
 * Opens conversations of each client until it has met every endpoint, or until they are enough to meet every one. Repeats those of
 * the clients that missed one. One look is enough where the proxy has all endpoints: a client misses one with the probability
 * FALSE_ALARM.
 */
export async function tallyEndpoints({ bench, limits }: Ground, { endpoints }: Scene, once: readonly Planned[]) {
  const times = triesToMeet(endpoints.length, once.length)
  const found = new Map<Planned, Tally>()
  const isRight = (plan: Planned) => {
    const last = found.get(plan)
    return last !== undefined && missedBy(last, endpoints).length === 0
  }
  const open = () => once.filter((plan) => !isRight(plan))
  const hope = new Hope(bench)
  const paths = () => open().map((plan) => pathsWithout(bench, found.get(plan) ?? { ...plan, groups: [] }, endpoints))
  hope.prepare(paths)
  await untilPropagated({
    what: `${once[0]?.to.label} sent every client to every endpoint`,
    by: 'The service proxy',
    limits,
    look: async () => {
      for (const plan of open()) found.delete(plan)
      for (let opened = 0; opened < times; opened += PART) {
        const rest = open()
        if (rest.length === 0 || (opened > 0 && hope.isWarned && hope.isLost(paths))) break
        const tallies = await tally(bench, rest, Math.min(PART, times - opened), endpoints.length)
        for (const [i, plan] of rest.entries()) {
          const groups = [...(found.get(plan)?.groups ?? []), ...(tallies[i] as Tally).groups]
          found.set(plan, { ...plan, groups })
        }
      }
      return once.every(isRight) || undefined
    },
    isHopeless: () => hope.isLost(paths),
  })
  return [...found.values()]
}

/** The paths of which a dead one explains that a client does not meet every endpoint. */
function pathsWithout(bench: Workbench, last: Tally, endpoints: readonly Endpoint[]): Path[] {
  const isSilent = last.groups.every(({ example: { server, failure } }) => server || failure === 'timeout')
  const missed = missedBy(last, endpoints).map(({ pod }) => pod.uid)
  return isSilent ? pathsTo(bench, last, missed) : []
}

/** The endpoints that did not answer a client. */
function missedBy({ groups }: Tally, endpoints: readonly Endpoint[]): Endpoint[] {
  const met = new Set(groups.map(({ example: { server } }) => `${server?.identity.uid} ${server?.local.port}`))
  return endpoints.filter(({ pod, port }) => !met.has(`${pod.uid} ${port}`))
}

/** Every client was answered by every endpoint of the Service. */
export function claimEveryEndpoint(tallies: readonly Tally[], endpoints: readonly Endpoint[]): void {
  if (endpoints.length === 0) throw new Error('this scenario has no endpoints')
  claimAnswered(examples(tallies))
  for (const each of tallies) {
    const [first, ...more] = missedBy(each, endpoints)
    if (!first) continue
    const { pod, port } = first
    const others = more.length > 0 ? ` and ${more.length} others` : ''
    const conversations = each.groups.reduce((sum, { count }) => sum + count, 0)
    throw new NonConformance({
      expected: 'every client meets every endpoint',
      actual: `${serviceTitle(each)}: in ${conversations} conversations never answered by port ${port} of ${pod.name} on ${pod.node}${others}, of ${endpoints.length} endpoints`,
      outcomes: each.groups.slice(0, 1).map(({ example }) => example),
    })
  }
}

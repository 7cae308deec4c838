import { show } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import { untilPropagated } from '../../contract/waiting.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { terminate } from '../../fixtures/lifecycle.ts'
import { elsewhere } from '../../fixtures/scenes/local-policy.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'

/** The answer of one node's health check node port to one client, and the status that it should have. */
export interface Health {
  from: ProbeRef
  node: string
  /** The address and port that were asked. */
  at: string
  wanted: 200 | 503
  /** The status of the answer, or why there was none. */
  answer: { status: number } | { code: string; detail: string }
}

/** The path that load balancers ask by default; the service proxy gives the same answer for every path. */
const PATH = '/healthz'

/**
 * Asks every node at the Service's health check node port, until each says whether it has a backend of the scene.
 * @returns the last answers. @throws Trouble if the right answers came too late.
 */
export async function askHealth(ground: Ground, scene: Scene): Promise<Health[]> {
  let last: Health[] = []
  await untilPropagated({
    what: `every node told whether it has a backend of Service ${serviceOf(scene).name}`,
    by: 'The service proxy',
    limits: ground.limits,
    look: async () => {
      last = await askOnce(ground, scene)
      return last.every(isRight) || undefined
    },
  })
  return last
}

const isRight = ({ answer, wanted }: Health): boolean => 'status' in answer && answer.status === wanted

async function askOnce({ bench, limits }: Ground, { subjects, pods, ports }: Scene): Promise<Health[]> {
  const port = ports.health?.port ?? 0
  if (port === 0) throw new Error('the Service of this scenario has no health check node port')
  const clients = Map.groupBy(subjects, ({ client }) => client)
  const all = await Promise.all(
    [...clients].map(async ([from, targets]) => {
      const dials = targets.map(({ ip }): Dial => {
        const request = { host: show({ ip, port }), path: PATH }
        return { protocol: 'HTTP', host: ip, port, deadline: limits.dial, request }
      })
      const outcomes = await bench.dial(from, dials)
      return targets.flatMap(({ to: { node }, ip }, i): Health[] => {
        const outcome = outcomes[i]
        const wanted = pods.some((pod) => pod.node === node) ? 200 : 503
        return outcome ? [{ from, node, at: show({ ip, port }), wanted, answer: answerOf(outcome) }] : []
      })
    }),
  )
  return all.flat()
}

/** The server is no probe, so its answer counts as `foreign`; its status is what was asked for. */
const answerOf = ({ reply, failure = 'closed', detail = '' }: Outcome): Health['answer'] =>
  reply ? { status: reply.status } : { code: failure, detail }

/** Ends the backend of the scene and creates it on another node. Gives the scene with the new backend. */
export async function moveBackend(ground: Ground, scene: Scene): Promise<Scene> {
  const [plan] = scene.plans
  if (!plan) throw new Error('this scenario has no backend of its own')
  const moved = elsewhere(ground, plan)
  await terminate(ground.own(), scene.pods)
  const pods = await ground.own().createRunning([moved])
  await ground.untilEndpoints(serviceOf(scene).name, pods)
  return { ...scene, pods, plans: [moved] }
}

/** Every node with a backend answered 200, and every other one 503. */
export function claimHealth(all: readonly Health[]): void {
  if (all.length === 0) throw new Error('no health check node port was asked')
  const bad = all.filter((each) => !isRight(each))
  const [first] = bad
  if (!first) return
  const { from, node, at, wanted, answer } = first
  const said = 'status' in answer ? `answered ${answer.status}` : `did not answer (${answer.code}: ${answer.detail})`
  throw new NonConformance({
    expected: `the health check node port answers ${wanted} on a node ${wanted === 200 ? 'with' : 'without'} a backend`,
    actual: `${node} ${wanted === 200 ? 'has a' : 'has no'} backend, and ${at} ${said}, asked by ${from.pod}`,
    where: `The health check is wrong on ${[...new Set(bad.map((each) => each.node))].sort().join(', ')}.`,
  })
}

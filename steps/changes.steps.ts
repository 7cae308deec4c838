import type { V1Pod } from '@kubernetes/client-node'
import { Trouble } from '../contract/errors.ts'
import { MEDIA } from '../contract/media.ts'
import { restartOne } from '../fixtures/lifecycle.ts'
import { claimAnswered, claimFailed } from '../promises/conversations/claims.ts'
import { claimBalancerKept } from '../promises/outside/load-balancer.ts'
import { claimSameAddress, toOwnNode } from '../promises/pods/same-address.ts'
import { POLICIES } from '../promises/policies/changes.ts'
import { draw, rows } from '../promises/replacement/chart.ts'
import { claimLoss, claimNoneLate, claimOneBackend, lossOf } from '../promises/replacement/claims.ts'
import { TARGETS, type Target } from '../promises/replacement/conversation.ts'
import { latenciesOf } from '../promises/replacement/latency.ts'
import type { Style } from '../promises/replacement/replace.ts'
import { changedBy, claimKept, type Replaced, replaceAll, toNewBackends } from '../promises/replacement/replaced.ts'
import { CHANGES, type Change, type Changed, MEANT } from '../promises/services/changes.ts'
import { claimConverged } from '../promises/services/convergence.ts'
import { claimNoBackendAnswers } from '../promises/services/deleted.ts'
import { UNDER_OPEN_SOCKETS } from '../promises/services/open-sockets.ts'
import { type Watched, watchTermination } from '../promises/services/watch-termination.ts'
import { Then, When } from './keywords.ts'
import { openBatch } from './open.ts'
import { slot } from './slot.ts'
import { table, words } from './words.ts'
import type { Flatnet } from './world.ts'

const changed = slot<Pick<Changed, 'meant' | 'convergence' | 'balancer'>>('change that its clients follow')
const replaced = slot<Replaced>('backends that were replaced')
const restarted = slot<V1Pod[]>('pods with a restarted container')
const endpoints = slot<Watched>('endpoints that were watched')

/** No backend answers once the change has come. The backend that does is named first, unless the wait could not judge. */
function claimGone(world: Flatnet, how: 'deleted' | 'left'): void {
  const { convergence } = changed.of(world)
  if (!(convergence.error instanceof Trouble)) claimNoBackendAnswers(world.seen.judge(), how)
  claimConverged(convergence)
}

/** The places where no backend may answer. */
const NOWHERE: Readonly<Record<string, (world: Flatnet) => void>> = {
  'on a node without a backend': (world) =>
    claimFailed(
      world.seen.judge().filter(({ to }) => to.by.length === 0),
      ['refused', 'timeout', 'unreachable', 'reset', 'closed'],
    ),
  'at the virtual IP of the deleted Service': (world) => claimGone(world, 'deleted'),
  'an open UDP socket once it has left the Service': (world) => claimGone(world, 'left'),
  'at the virtual IP of the Service that names another proxy': (world) =>
    claimNoBackendAnswers(world.seen.judge(), 'elsewhere'),
}

/** The claims about addresses that stay while pods or containers are replaced. */
const KEPT: Readonly<Record<string, (world: Flatnet) => void>> = {
  'the pod has the address': (world) => claimSameAddress(world.scene.pods, restarted.of(world)),
  "the Service has the load balancer's address": (world) => claimBalancerKept(changed.of(world).balancer),
  'the Service has the virtual IP and the name': (world) => claimKept(replaced.of(world)),
}

table('change', { ...CHANGES, ...UNDER_OPEN_SOCKETS, ...POLICIES })
table('target', TARGETS)
table('nowhere', NOWHERE)
table('kept', KEPT)
words('order', ['one by one', 'all at once'])
words('manner', ['gracefully', 'by force'])
words('backends', MEANT)
words('endpoint', ["the terminated backend's", "the other backend's"])
words('conditions', ['serving and terminating, and not ready', 'ready'])

/** Ends the scenario without a verdict, for this reason. */
function skipped(world: Flatnet, because: string): 'skipped' {
  world.attach(because, MEDIA.because)
  return 'skipped'
}

/** Ends the scenario without a verdict, if the change has shown that nothing can be claimed. */
function excused(world: Flatnet, { skip, excuse }: Pick<Changed, 'skip' | 'excuse'>): 'skipped' | undefined {
  const answers = world.seen.all.some(({ outcome }) => outcome.server !== undefined)
  const because = skip ?? (answers ? excuse : undefined)
  return because === undefined ? undefined : skipped(world, because)
}

/** Reports what the clients saw while the backends were replaced. */
function report(world: Flatnet, { replacement }: Replaced): void {
  const { timeline, style } = replacement
  world.attach(draw(timeline), MEDIA.drawing)
  world.attach(JSON.stringify(rows(timeline)), MEDIA.timeline)
  const seconds = Math.round(timeline.length / 1000)
  world.observe('backends replaced', { ...style, seconds, requests: lossOf(timeline) })
  world.observe('latencies in ms', latenciesOf(replacement))
}

When('{change}, and every client keeps asking', async function (this: Flatnet, change: Change) {
  const { batch, msByNode, ...followed } = await change(this, this.scene)
  changed.set(this, followed)
  this.observe('change followed, ms by node', msByNode)
  if (batch) await openBatch(this, batch)
  return excused(this, followed)
})

When('one backend is terminated, and its endpoint is watched', async function (this: Flatnet) {
  endpoints.set(this, await watchTermination(this, this.scene))
})

When(
  'every backend is replaced {order}, {manner}, while the clients keep talking to {target}',
  async function (this: Flatnet, order: Style['order'], manner: Style['manner'], target: Target) {
    const all = await replaceAll(this, this.scene, { order, manner }, target)
    replaced.set(this, all)
    changed.set(this, changedBy(all))
    report(this, all)
    if (!all.replacement.followed.error) await this.converse(toNewBackends(all))
  },
)

When('one container of every pod restarts', async function (this: Flatnet) {
  restarted.set(this, await restartOne(this.own(), this.scene.pods, 'sibling'))
  this.scene.answers = 'every container of the pod'
  await this.converse(toOwnNode(this, this.scene.pods))
})

Then('every client meets {backends} and nobody else', function (this: Flatnet, backends: string) {
  const { meant, convergence } = changed.of(this)
  if (backends !== meant) throw new Error(`in this scenario clients must meet ${meant}`)
  claimConverged(convergence)
  claimAnswered(this.seen.judge())
})

Then('no backend answers {nowhere}', function (this: Flatnet, claim: (typeof NOWHERE)[string]) {
  claim(this)
})

Then('{endpoint} endpoint is {conditions}', function (this: Flatnet, endpoint: string, conditions: string) {
  const words = `${endpoint} endpoint is ${conditions}`
  const watched = endpoints.of(this)
  if (!(words in watched)) throw new Error(`no endpoint was watched for: ${words}`)
  if (watched[words]) throw watched[words]
})

Then('{kept} that it had before', function (this: Flatnet, claim: (typeof KEPT)[string]) {
  claim(this)
})

Then('no answer came from a backend that had left', function (this: Flatnet) {
  const { replacement } = replaced.of(this)
  claimNoneLate(replacement, this.limits.propagate)
  if (replacement.timeline.requests.some(({ way }) => way === 'one TCP connection'))
    claimOneBackend(replacement.timeline)
})

Then('no request was lost', function (this: Flatnet) {
  claimLoss(replaced.of(this).replacement.timeline, 0)
})

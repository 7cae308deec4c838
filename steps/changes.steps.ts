import { type NonConformance, verdictOf } from '../contract/errors.ts'
import { terminate } from '../fixtures/lifecycle.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { draw, rows } from '../promises/replacement/chart.ts'
import { claimLoss, claimNoneLate, claimOneBackend, lossOf } from '../promises/replacement/claims.ts'
import type { Target } from '../promises/replacement/conversation.ts'
import { latenciesOf } from '../promises/replacement/latency.ts'
import type { Style } from '../promises/replacement/replace.ts'
import { claimKept, type Replaced, replaceAll, toNewBackends } from '../promises/replacement/replaced.ts'
import type { Change, Changed } from '../promises/services/changes.ts'
import { claimConditions } from '../promises/services/conditions.ts'
import { claimConverged } from '../promises/services/convergence.ts'
import { deleteFirstSlice } from '../promises/services/delete-slice.ts'
import { claimAbandoned } from '../promises/services/deleted.ts'
import { Then, When } from './say.ts'
import { slot } from './slot.ts'
import { type Flatnet, MEDIA } from './world.ts'

const changed = slot<Pick<Changed, 'meant' | 'convergence'>>('change that its clients follow')
const replaced = slot<Replaced>('backends that were replaced')
const endpoints = slot<Record<'terminated' | 'other', NonConformance | undefined>>('endpoints that were watched')

When('{change}, and every client keeps asking', async function (this: Flatnet, change: Change) {
  const { batch, msByNode, ...followed } = await change(this, this.scene)
  changed.set(this, followed)
  this.observe('change followed, ms by node', msByNode)
  if (batch) await this.converse(batch.planned, batch.controls)
})

When('one of the EndpointSlices is deleted, and every client keeps asking', async function (this: Flatnet) {
  const { planned } = await deleteFirstSlice(this, this.scene)
  changed.set(this, { meant: 'the backend that is left', convergence: { kept: [], tookMs: 0 } })
  if (!this.hasVerdict) await this.converse(planned)
})

When('one backend is terminated, and its endpoint is watched', async function (this: Flatnet) {
  const [ending, ...others] = this.scene.pods
  if (!ending) throw new Error('this scenario has no backend')
  await terminate(this.own(), [ending])
  const claim = (pods: typeof others, wanted: Parameters<typeof claimConditions>[3]) =>
    verdictOf(claimConditions(this.bench, this.service.name, pods, wanted))
  const [terminated, other] = await Promise.all([
    claim([ending], { ready: false, serving: true, terminating: true }),
    claim(others, { ready: true, serving: true, terminating: false }),
  ])
  endpoints.set(this, { terminated, other })
})

When(
  'every backend is replaced {order}, {manner}, while the clients keep talking to {target}',
  async function (this: Flatnet, order: Style['order'], manner: Style['manner'], target: Target) {
    const all = await replaceAll(this, this.scene, { order, manner }, target)
    replaced.set(this, all)
    const { timeline, followed, fresh } = all.replacement
    changed.set(this, { meant: fresh.length > 1 ? 'the new backends' : 'the new backend', convergence: followed })
    this.attach(draw(timeline), MEDIA.drawing)
    this.attach(JSON.stringify(rows(timeline)), MEDIA.timeline)
    const seconds = Math.round(timeline.length / 1000)
    this.observe('backends replaced', { order, manner, seconds, requests: lossOf(timeline) })
    this.observe('latencies in ms', latenciesOf(all.replacement))
    if (!followed.error) await this.converse(toNewBackends(this, all))
  },
)

Then('every client meets {backends} and nobody else', function (this: Flatnet, words: string) {
  const { meant, convergence } = changed.of(this)
  if (words !== meant) throw new Error(`in this scenario clients are to meet ${meant}`)
  claimConverged(convergence)
  claimAnswered(this.judge())
})

Then('no backend of the deleted Service answers at its virtual IP', function (this: Flatnet) {
  claimConverged(changed.of(this).convergence)
  claimAbandoned(this.judge())
})

Then("the terminated backend's endpoint is serving and terminating, and not ready", function (this: Flatnet) {
  const { terminated } = endpoints.of(this)
  if (terminated) throw terminated
})

Then("the other backend's endpoint is ready", function (this: Flatnet) {
  const { other } = endpoints.of(this)
  if (other) throw other
})

Then('the Service has the virtual IP and the name that it had before', function (this: Flatnet) {
  claimKept(replaced.of(this))
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

import { Given, Then, When } from '@cucumber/cucumber'
import { serviceRef } from '../cluster/pods/refs.ts'
import { NonConformance } from '../contract/errors.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { draw, rows } from '../promises/replacement/chart.ts'
import { claimLoss, claimNoneLate, claimOneBackend, lossOf } from '../promises/replacement/claims.ts'
import { latenciesOf } from '../promises/replacement/latency.ts'
import { claimNameKept, watchName } from '../promises/replacement/name-kept.ts'
import { replaceBackends, type Style } from '../promises/replacement/replace.ts'
import { claimConverged } from '../promises/services/convergence.ts'
import { backendPlans, conversation, freshPlans, fullName, serveByOwn, type Talk } from './load.ts'
import { clientPods, dials, TRIES } from './service-clients.ts'
import { type Flatnet, MEDIA } from './world.ts'

Given(
  /^a client pod, and a Service with (one|two) (draining )?backends? of its own$/,
  async function (this: Flatnet, count: 'one' | 'two', draining: string | null) {
    this.plans = backendPlans(this, count === 'one' ? 1 : 2, draining ? 'draining' : 'plain')
    await serveByOwn(this)
  },
)

/** Replaces all backends under the clients' eyes, and keeps what they saw as evidence. */
async function replace(world: Flatnet, style: Style, talk: Talk): Promise<void> {
  const said = await conversation(world, talk)
  world.replacement = await replaceBackends(world.own(), world.pods, freshPlans(world), style, said)
  const { timeline, followed } = world.replacement
  world.followed = followed
  world.attach(draw(timeline), MEDIA.drawing)
  world.attach(JSON.stringify(rows(timeline)), MEDIA.timeline)
  world.observe('backends replaced', {
    ...style,
    seconds: Math.round(timeline.length / 1000),
    requests: lossOf(timeline),
  })
  world.observe('latencies in ms', latenciesOf(world.replacement))
}

When(
  'every backend is replaced {order}, {manner}, while the clients keep talking to its virtual IP',
  async function (this: Flatnet, order: Style['order'], manner: Style['manner']) {
    await replace(this, { order, manner }, { to: 'its virtual IP', lasting: 'one TCP connection' })
  },
)

When(
  'its backend is replaced {manner} while the clients keep talking from one UDP port',
  async function (this: Flatnet, manner: Style['manner']) {
    await replace(this, { order: 'all at once', manner }, { to: 'its virtual IP', lasting: 'one UDP port' })
  },
)

When(
  'every backend is replaced {order}, {manner}, while the clients keep talking to its name',
  async function (this: Flatnet, order: Style['order'], manner: Style['manner']) {
    const watch = await watchName(this.bench, clientPods(this.topology), await fullName(this))
    try {
      await replace(this, { order, manner }, { to: 'its name', lasting: 'one TCP connection' })
    } finally {
      this.lookups = await watch.stop()
    }
  },
)

Then('the Service has the virtual IP and the name that it had before', async function (this: Flatnet) {
  const api = await this.bench.api()
  const now = serviceRef(
    await api.core.readNamespacedService({ namespace: this.own().namespace, name: this.service.name }),
  )
  if (now.ip !== this.service.ip || now.uid !== this.service.uid) {
    const actual = `Service ${now.name} had ${this.service.ip} and has ${now.ip} after its backends were replaced`
    throw new NonConformance({ expected: 'the virtual IP stays', actual })
  }
  if (this.lookups.length > 0) claimNameKept(this.lookups, this.service.ips)
})

Then(/^only the new (?:backends answer|backend answers)$/, async function (this: Flatnet) {
  claimConverged(this.followed)
  const once = dials(this, 'TCP', this.replacement.fresh)
  await this.converse(Array.from({ length: TRIES * this.pods.length }, () => once).flat())
  claimAnswered(this.observed)
})

Then('no answer came from a backend that had left', function (this: Flatnet) {
  claimNoneLate(this.replacement, this.limits.propagate)
  const { timeline } = this.replacement
  if (timeline.requests.some(({ way }) => way === 'one TCP connection')) claimOneBackend(timeline)
})

Then('no request was lost', function (this: Flatnet) {
  claimLoss(this.replacement.timeline, 0)
})

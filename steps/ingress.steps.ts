import { routingOf } from '../fixtures/ground.ts'
import { type Addresses, untilPublished } from '../fixtures/requests.ts'
import { claimPublished, claimReached } from '../promises/ingress/claims.ts'
import { sendRequests } from '../promises/ingress/open.ts'
import { type Ask, REACHED, REQUESTS } from '../promises/ingress/requests.ts'
import { Then, When } from './keywords.ts'
import { slot } from './slot.ts'
import { table, words } from './words.ts'
import type { Flatnet } from './world.ts'

const addresses = slot<Addresses>('addresses that a controller published')

table('request', REQUESTS)
table('addressed', { 'an address': true, 'no address': false })
words('reached', REACHED)

When('the client sends {request} to the published address', async function (this: Flatnet, ask: Ask) {
  const routing = routingOf(this.scene)
  const found = await untilPublished(this, routing)
  addresses.set(this, found)
  await sendRequests(this, routing, found, ask)
})

Then('the request reaches {reached}', function (this: Flatnet, who: string) {
  claimReached(this.seen.judge(), routingOf(this.scene), who)
})

Then('the Ingress has {addressed}', function (this: Flatnet, has: boolean) {
  claimPublished(addresses.of(this), routingOf(this.scene), has)
})

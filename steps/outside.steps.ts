import { askHealth, claimHealth, type Health, moveBackend } from '../promises/outside/health.ts'
import { Then, When } from './keywords.ts'
import { slot } from './slot.ts'
import type { Flatnet } from './world.ts'

const health = slot<Health[]>('answers of health check node ports')

When(
  /^(the backend moves to another node, and )?the client asks every node's health check node port$/,
  async function (this: Flatnet, moves: string | null) {
    if (moves !== null) this.scene = await moveBackend(this, this.scene)
    health.set(this, await askHealth(this, this.scene))
  },
)

Then('nodes with a backend answer 200, and the others 503', function (this: Flatnet) {
  claimHealth(health.of(this))
})

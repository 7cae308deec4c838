import type { Ground, Scene } from '../fixtures/ground.ts'
import type { ScenePlan } from '../fixtures/scenes/services.ts'
import { Given } from './say.ts'
import { type Flatnet, MEDIA } from './world.ts'

type Plan = (ground: Ground) => Scene | Promise<Scene | { skip: string }>

async function set(world: Flatnet, plan: Plan): Promise<'skipped' | undefined> {
  const made = await plan(world)
  if (!('skip' in made)) {
    world.scene = made
    return undefined
  }
  world.attach(made.skip, MEDIA.because)
  return 'skipped'
}

Given('{pair}', function (this: Flatnet, plan: Plan) {
  return set(this, plan)
})

Given('{pods}', function (this: Flatnet, plan: Plan) {
  return set(this, plan)
})

Given('a client pod, and {service}', function (this: Flatnet, plan: ScenePlan) {
  return set(this, plan)
})

Given('a client pod in another namespace, and {service}', async function (this: Flatnet, plan: ScenePlan) {
  await set(this, plan)
  this.scene.pods = this.topology.pods.filter(({ namespace }) => namespace === this.topology.namespaces.far)
})

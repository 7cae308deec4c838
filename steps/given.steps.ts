import { MEDIA } from '../contract/media.ts'
import type { StandingPod, Topology } from '../contract/topology.ts'
import type { Ground, Scene } from '../fixtures/ground.ts'
import { STICKY } from '../fixtures/scenes/affinity.ts'
import { INGRESS } from '../fixtures/scenes/ingress.ts'
import { INGRESS_REPLACED } from '../fixtures/scenes/ingress-replaced.ts'
import { NAMED } from '../fixtures/scenes/names.ts'
import { OUTSIDE_PAIRS } from '../fixtures/scenes/outside.ts'
import { CHANGING } from '../fixtures/scenes/own-backends.ts'
import { PAIRS } from '../fixtures/scenes/pairs.ts'
import { PODS } from '../fixtures/scenes/pods.ts'
import { type ScenePlan, SERVICES } from '../fixtures/scenes/services.ts'
import { Given } from './keywords.ts'
import { table } from './words.ts'
import type { Flatnet } from './world.ts'

type Plan = (ground: Ground) => Scene | Promise<Scene | { skip: string }>

/** The clients. Those other than every node's client pod become the pods of the scene. */
const CLIENTS: Readonly<Record<string, ((topology: Topology) => StandingPod[]) | undefined>> = {
  'a client pod': undefined,
  'a client outside the cluster': undefined,
  'a client pod in another namespace': ({ pods, namespaces }) =>
    pods.filter(({ namespace }) => namespace === namespaces.far),
}

table('pair', { ...PAIRS, ...OUTSIDE_PAIRS })
table('pods', PODS)
table('clients', CLIENTS)
table('service', { ...SERVICES, ...STICKY, ...CHANGING, ...NAMED, ...INGRESS, ...INGRESS_REPLACED })

async function set(world: Flatnet, plan: Plan): Promise<'skipped' | undefined> {
  const built = await plan(world)
  if (!('skip' in built)) {
    world.scene = built
    return undefined
  }
  world.attach(built.skip, MEDIA.because)
  return 'skipped'
}

Given('{pair}', function (this: Flatnet, plan: Plan) {
  return set(this, plan)
})

Given('{pods}', function (this: Flatnet, plan: Plan) {
  return set(this, plan)
})

Given('{clients}, and {service}', async function (this: Flatnet, clients: (typeof CLIENTS)[string], plan: ScenePlan) {
  await set(this, plan)
  if (clients) this.scene.pods = clients(this.topology)
})

import { containerOf } from '../contract/conversation.ts'
import { MEDIA } from '../contract/media.ts'
import type { ProbeRef, StandingPod, Topology } from '../contract/topology.ts'
import type { Ground, Scene } from '../fixtures/ground.ts'
import { STICKY } from '../fixtures/scenes/affinity.ts'
import { BY_HAND } from '../fixtures/scenes/by-hand.ts'
import { HOST_PORTS } from '../fixtures/scenes/host-ports.ts'
import { INGRESS } from '../fixtures/scenes/ingress.ts'
import { INGRESS_REPLACED } from '../fixtures/scenes/ingress-replaced.ts'
import { BALANCED } from '../fixtures/scenes/load-balancer.ts'
import { LOCAL_POLICY } from '../fixtures/scenes/local-policy.ts'
import { NAMED } from '../fixtures/scenes/names.ts'
import { NODE_PORTS } from '../fixtures/scenes/node-ports.ts'
import { OTHER_PROXY } from '../fixtures/scenes/other-proxy.ts'
import { OUTSIDE_PAIRS } from '../fixtures/scenes/outside.ts'
import { CHANGING } from '../fixtures/scenes/own-backends.ts'
import { PAIRS } from '../fixtures/scenes/pairs.ts'
import { PODS } from '../fixtures/scenes/pods.ts'
import { POLICED } from '../fixtures/scenes/policies.ts'
import { type ScenePlan, SERVICES } from '../fixtures/scenes/services.ts'
import { clientProbes, standing } from '../fixtures/service-clients.ts'
import { Given } from './keywords.ts'
import { table } from './words.ts'
import type { Flatnet } from './world.ts'

type Plan = (ground: Ground) => Scene | Promise<Scene | { skip: string }>

interface Clients {
  /** The probes that dial. */
  probes: (topology: Topology) => ProbeRef[]
  /** The pods of the scene, if they are not those of the Service. */
  pods?: (topology: Topology) => StandingPod[]
}

const CLIENTS: Readonly<Record<string, Clients>> = {
  'a client pod': { probes: clientProbes },
  'a client pod in another namespace': {
    probes: clientProbes,
    pods: ({ pods, namespaces }) => pods.filter(({ namespace }) => namespace === namespaces.far),
  },
  'a client outside the cluster': { probes: ({ outside }) => (outside ? [outside.observer] : []) },
  'a host-network client': { probes: (topology) => standing(topology, 'host').map((pod) => containerOf(pod)) },
}

table('pair', { ...PAIRS, ...OUTSIDE_PAIRS })
table('pods', { ...PODS, ...POLICED })
table('clients', CLIENTS)
table('service', {
  ...SERVICES,
  ...STICKY,
  ...BY_HAND,
  ...OTHER_PROXY,
  ...CHANGING,
  ...NAMED,
  ...NODE_PORTS,
  ...LOCAL_POLICY,
  ...BALANCED,
  ...HOST_PORTS,
  ...INGRESS,
  ...INGRESS_REPLACED,
})

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

Given('{clients}, and {service}', async function (this: Flatnet, { probes, pods }: Clients, plan: ScenePlan) {
  const built = await set(this, (ground) => plan(ground, probes(this.topology)))
  if (pods) this.scene.pods = pods(this.topology)
  return built
})

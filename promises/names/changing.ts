import { serviceRef } from '../../cluster/pods/refs.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { severalPods } from '../../fixtures/one-pod-per-node.ts'
import { PORTS } from '../../fixtures/scenes/services.ts'
import { serverSelector } from '../../fixtures/service-clients.ts'
import { claimAnswers } from './ask.ts'
import { type Inquiry, inquire, type Manner, RESOLVERS } from './inquire.ts'

const DNS = RESOLVERS['cluster DNS'] as Manner
/** An answer from before a change may be kept for its TTL. */
const AFTER_CHANGE: Manner = { ...DNS, stale: 'any' }

/** The scene after a change, and what cluster DNS says of it. */
export interface Change {
  scene: Scene
  inquiry: Inquiry
}

/** One pod of a headless Service stops being ready, one is deleted, and a new one starts. */
export async function replaceHeadlessPods(ground: Ground, scene: Scene): Promise<Change> {
  const { service, pods } = scene
  const [turned, deleted, ...stay] = pods
  const probe = turned?.containers[0]
  if (!service || !probe || !deleted) throw new Error('this scenario has too few pods')
  // A cache keeps after a change what was answered before it, so the name is asked for first.
  const before = await inquire(ground, scene, 'the headless name', DNS)
  claimAnswers(before.asked, 'the headless name gives the addresses of its ready pods')
  const api = await ground.bench.api()
  const [fresh] = await Promise.all([
    ground.own().createRunning(severalPods(ground, 1, pods.length)),
    ground.bench.ask(probe, 'ready', { value: false }),
    api.core.deleteNamespacedPod({ namespace: deleted.namespace, name: deleted.name }),
  ])
  const after = { ...scene, pods: [...stay, ...fresh] }
  await ground.untilEndpoints(service.name, after.pods)
  return { scene: after, inquiry: await inquire(ground, after, 'the headless name', AFTER_CHANGE) }
}

/** A Service of type ExternalName becomes one with a virtual IP of its own. */
export async function giveVirtualIP(ground: Ground, scene: Scene): Promise<Change> {
  if (!scene.service) throw new Error('this scenario has no Service')
  await inquire(ground, scene, 'what the name stands for', DNS)
  const api = await ground.bench.api()
  const { namespace } = ground.own()
  const { name } = scene.service
  const now = await api.core.readNamespacedService({ namespace, name })
  const spec = { type: 'ClusterIP', selector: serverSelector(ground.topology), ports: PORTS }
  const service = serviceRef(await api.core.replaceNamespacedService({ namespace, name, body: { ...now, spec } }))
  const after = { ...scene, service }
  return { scene: after, inquiry: await inquire(ground, after, 'the name that stood for another', AFTER_CHANGE) }
}

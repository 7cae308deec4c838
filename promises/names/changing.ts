import { serviceRef } from '../../cluster/pods/refs.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { severalPods } from '../../fixtures/one-pod-per-node.ts'
import { PORTS } from '../../fixtures/scenes/services.ts'
import { serverSelector } from '../../fixtures/service-clients.ts'
import { type Inquiry, inquire, type Manner, RESOLVERS } from './inquire.ts'

const DNS = RESOLVERS['cluster DNS'] as Manner
/** A cache may give an answer from before the change for its TTL. */
const AFTER_CHANGE: Manner = { ...DNS, stale: 'any' }

/** The scene after a change, and the answers of cluster DNS about it. */
export interface Change {
  scene: Scene
  inquiry: Inquiry
}

/** Makes one pod of a headless Service unready, deletes one, and creates a new one. */
export async function replaceHeadlessPods(ground: Ground, scene: Scene): Promise<Change> {
  const { service, pods } = scene
  const [turned, deleted, ...stay] = pods
  const probe = turned?.containers[0]
  if (!service || !probe || !deleted) throw new Error('this scenario has too few pods')
  // The name is asked for before the change, so that caches hold an old answer.
  const before = await inquire(ground, scene, 'the headless name', DNS)
  // A name that is wrong before the change is claimed as it is.
  if (before.asked.some(({ wrong }) => wrong !== undefined)) return { scene, inquiry: before }
  const [fresh] = await Promise.all([
    ground.own().createRunning(severalPods(ground, 1, pods.length)),
    ground.bench.ask(probe, 'ready', { value: false }),
    ground.own().deletePods([deleted]),
  ])
  const after = { ...scene, pods: [...stay, ...fresh] }
  await ground.untilEndpoints(service.name, after.pods)
  return { scene: after, inquiry: await inquire(ground, after, 'the headless name', AFTER_CHANGE) }
}

/** Changes a Service of type ExternalName into one with a virtual IP. */
export async function giveVirtualIP(ground: Ground, scene: Scene): Promise<Change> {
  await inquire(ground, scene, 'what the name stands for', DNS)
  const api = await ground.bench.api()
  const { namespace } = ground.own()
  const { name } = serviceOf(scene)
  const now = await api.core.readNamespacedService({ namespace, name })
  const spec = { type: 'ClusterIP', selector: serverSelector(ground.topology), ports: PORTS }
  const service = serviceRef(await api.core.replaceNamespacedService({ namespace, name, body: { ...now, spec } }))
  const after = { ...scene, service }
  return { scene: after, inquiry: await inquire(ground, after, 'the name that stood for another', AFTER_CHANGE) }
}

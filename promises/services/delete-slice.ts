import { isCode } from '../../cluster/kube/trouble.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { clientsOf, conversations } from '../../fixtures/service-clients.ts'
import type { Changed } from './changes.ts'
import { slicesOf } from './endpoints.ts'
import { repeated } from './open.ts'

/** Waits until every client has met the first backend, and deletes its EndpointSlices. Clients must meet only the others then. */
export async function deleteFirstSlice(ground: Ground, scene: Scene): Promise<Changed> {
  const { pods, subjects } = scene
  const service = serviceOf(scene)
  const { bench, limits, topology } = ground
  const { name: prefix, namespace } = ground.own()
  const before = conversations(limits, subjects)
  const done = { meant: 'the backend that is left', convergence: { kept: [], tookMs: 0 }, msByNode: {} }
  await ground.until(before, 'each')
  // Nobody would wait until the slice is forgotten.
  if (ground.hasVerdict) return { ...done, batch: { planned: before, controls: [] } }
  const api = await bench.api()
  for (const { metadata } of await slicesOf(bench, service, 1)) {
    const { name = '' } = metadata ?? {}
    if (!name.startsWith(`${prefix}-1-`)) continue
    await api.discovery.deleteNamespacedEndpointSlice({ namespace, name }).catch((error: unknown) => {
      if (!isCode(error, 404)) throw error
    })
  }
  const left = conversations(limits, clientsOf(topology, service, pods.slice(1)))
  await ground.until(left, 'meant')
  return { ...done, batch: { planned: [...repeated(left), ...repeated(left)], controls: [] } }
}

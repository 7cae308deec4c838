import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { AFFINITY } from '../../fixtures/scenes/affinity.ts'
import { backendsOf, clientsOf, conversations } from '../../fixtures/service-clients.ts'
import { change } from './affinity.ts'
import { type Batch, repeated } from './open.ts'

/** Switches the affinity of the scene's Service off, and with `back` on again. Plans the conversations that follow. */
export async function switchAffinity(ground: Ground, scene: Scene, back: boolean): Promise<Batch> {
  const service = serviceOf(scene)
  const once = conversations(ground.limits, scene.subjects)
  await ground.until(once, 'some')
  await change(ground.bench, service, { sessionAffinity: 'None' })
  await ground.until(once, 'each')
  if (back) {
    await change(ground.bench, service, AFFINITY)
    await ground.until(once, 'one')
  }
  return { planned: repeated(once), controls: [] }
}

/** Adds all backends to the Service with affinity and to the one without it. Plans the conversations that follow. */
export async function joinBackends(ground: Ground, { service, other, subjects }: Scene): Promise<Batch> {
  if (!service || !other) throw new Error('this scenario needs two Services')
  const { bench, limits, topology } = ground
  const { pods, selector } = backendsOf(topology)
  // The Service with affinity is first: once the other one uses the new backends, it could use them too.
  for (const each of [service, other]) {
    await change(bench, each, { selector })
    await ground.untilEndpoints(each.name, pods)
  }
  const controls = conversations(limits, clientsOf(topology, other, pods))
  await ground.until(controls, 'each')
  return { planned: repeated(conversations(limits, subjects), { backends: pods.length }), controls: repeated(controls) }
}

import type { StandingPod } from '../../contract/topology.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { terminate } from '../../fixtures/lifecycle.ts'
import { clientsOnOwnPort, createServiceOnOwnPort, nextGeneration } from '../../fixtures/scenes/own-backends.ts'
import { replaceBalanced } from '../outside/load-balancer.ts'
import { deleteFirstSlice } from './delete-slice.ts'
import { expect, expectDirect, expectEach, type Followed, follow } from './follow.ts'

/**
 * A change of a Service: the backends that its clients must meet (`meant`, in the words of a Then), and how its nodes
 * followed.
 */
export interface Changed extends Followed {
  meant: string
  /** Why nothing can be claimed here, if the change has shown that. */
  skip?: string
  /** Why nothing can be claimed here, if a backend that has left answers yet. */
  excuse?: string
  /** The addresses of the Service's load balancer before the change and after it. */
  balancer?: { before: string[]; after: string[] }
}

/** The backends that clients must meet after a change, in the words of a Then. */
export const MEANT = [
  'both backends',
  'the backend that is left',
  'the terminating backend',
  'both terminating backends',
  'the new backend',
  'the new backends',
  'the backends of the re-created Service',
]

export type Change = (ground: Ground, scene: Scene) => Promise<Changed>

/** Waits until every client meets the backends in `meant` alone. The others in `ending` are controls at their own addresses. */
async function untilMet(
  ground: Ground,
  scene: Scene,
  words: string,
  meant: readonly StandingPod[],
  ending: readonly StandingPod[],
) {
  if (meant.length === 0) throw new Error(`this scenario does not have ${words}`)
  const others = ending.filter((pod) => !meant.includes(pod))
  const followed = await follow(ground, expectEach(ground, serviceOf(scene), meant), expectDirect(ground, others))
  return { meant: words, ...followed }
}

async function createOneMore(ground: Ground, scene: Scene): Promise<StandingPod[]> {
  return ground.own().createRunning(nextGeneration(ground, scene).slice(0, 1))
}

/** Changes of a Service's backends, in the words of a When. */
export const CHANGES: Readonly<Record<string, Change>> = {
  'one more backend is created': async (ground, scene) => {
    const all = [...scene.pods, ...(await createOneMore(ground, scene))]
    await ground.untilEndpoints(serviceOf(scene).name, all)
    return untilMet(ground, scene, 'both backends', all, [])
  },
  'one backend is terminated': async (ground, scene) => {
    const [ending, ...left] = scene.pods
    if (!ending) throw new Error('this scenario has no backend')
    await terminate(ground.own(), [ending])
    return untilMet(ground, scene, 'the backend that is left', left, [ending])
  },
  'every backend is terminated': async (ground, scene) => {
    await terminate(ground.own(), scene.pods)
    await ground.untilEndpoints(serviceOf(scene).name, [])
    return untilMet(ground, scene, 'both terminating backends', scene.pods, scene.pods)
  },
  'its only backend is terminated': async (ground, scene) => {
    await terminate(ground.own(), scene.pods)
    await ground.untilEndpoints(serviceOf(scene).name, [])
    const followed = await follow(ground, expect(ground, scene.subjects, 'each'), expectDirect(ground, scene.pods))
    return { meant: 'the terminating backend', ...followed }
  },
  'all backends behind the load balancer are replaced': replaceBalanced,
  'its backend is terminated and a new one is created': async (ground, scene) => {
    await terminate(ground.own(), scene.pods)
    const fresh = await createOneMore(ground, scene)
    await ground.untilEndpoints(serviceOf(scene).name, fresh)
    return untilMet(ground, scene, 'the new backend', fresh, scene.pods)
  },
  'one of the EndpointSlices is deleted': deleteFirstSlice,
  'one of the Services is deleted': async (ground, scene) => {
    await remove(ground, scene)
    return {
      meant: 'nothing',
      ...(await follow(ground, expect(ground, scene.subjects, 'none'), controls(ground, scene))),
    }
  },
  'one of the Services is deleted and re-created': async (ground, scene) => {
    await remove(ground, scene)
    const subjects = clientsOnOwnPort(ground, await createServiceOnOwnPort(ground, 'leaving'), scene.pods)
    const followed = await follow(ground, expect(ground, subjects, 'each'), controls(ground, scene))
    return { meant: 'the backends of the re-created Service', ...followed }
  },
}

const controls = (ground: Ground, scene: Scene) => expect(ground, scene.controls, 'each')

async function remove(ground: Ground, scene: Scene): Promise<void> {
  const api = await ground.bench.api()
  await api.core.deleteNamespacedService({ namespace: ground.own().namespace, name: serviceOf(scene).name })
}

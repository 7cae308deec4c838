import type { V1Pod, V1Service } from '@kubernetes/client-node'
import { type Collection, keepWatching } from '../../cluster/kube/watch.ts'
import type { Stage } from '../fault.ts'

/** The Services and pods of the run's own namespace that one scenario makes, as they are now; called at every change. */
export type OnChange = (now: { services: V1Service[]; pods: V1Pod[] }) => Promise<void>

/** Watches what a scenario makes, until the function that it gives is called: a scenario's objects are named after its id. */
export async function watching(
  { api, topology, signal }: Stage,
  id: string,
  onChange: OnChange,
): Promise<() => Promise<void>> {
  const namespace = topology.namespaces.main
  // Some clusters' objects carry the run's prefix in a shared namespace.
  const isOwn = ({ metadata }: V1Service | V1Pod) => metadata?.name?.includes(`${id.toLowerCase()}-`)
  let now: Parameters<OnChange>[0] = { services: [], pods: [] }
  let turn = Promise.resolve()
  let failure: unknown
  const changed = (change: Partial<typeof now>) => {
    now = { ...now, ...change }
    const seen = now
    turn = turn
      .then(() => (signal.aborted ? undefined : onChange(seen)))
      .catch((error: unknown) => {
        failure ??= error
      })
  }
  const every = <T>(kind: 'services' | 'pods', list: Collection<T>['list']): Collection<T> => ({
    path: `/api/v1/namespaces/${namespace}/${kind}`,
    selector: {},
    list,
  })
  const services = every('services', () => api.core.listNamespacedService({ namespace }))
  const pods = every('pods', () => api.core.listNamespacedPod({ namespace }))
  const watches = [
    keepWatching(api, services, (all) => changed({ services: all.filter(isOwn) })),
    keepWatching(api, pods, (all) => changed({ pods: all.filter(isOwn) })),
  ]
  await Promise.all(watches.map(({ begun }) => begun))
  return async () => {
    await Promise.all(watches.map(({ stop }) => stop()))
    await turn
    if (failure !== undefined) throw failure
  }
}

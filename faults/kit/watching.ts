import type { V1Pod, V1Service } from '@kubernetes/client-node'
import type { Stage } from '../fault.ts'

/** The Services and pods of the run's own namespace that one scenario makes, as they are now; called at every change. */
export type OnChange = (now: { services: V1Service[]; pods: V1Pod[] }) => Promise<void>

/** Watches what a scenario makes: its objects are named after its id. */
export async function watching(
  { api, topology, signal }: Stage,
  id: string,
  onChange: OnChange,
): Promise<() => Promise<void>> {
  const namespace = topology.namespaces.main
  const prefix = `${id.toLowerCase()}-`
  const services = new Map<string, V1Service>()
  const pods = new Map<string, V1Pod>()
  const closers: AbortController[] = []
  let turn = Promise.resolve()
  let failure: unknown
  const changed = () => {
    const now = { services: [...services.values()], pods: [...pods.values()] }
    turn = turn
      .then(() => (signal.aborted ? undefined : onChange(now)))
      .catch((error: unknown) => {
        failure ??= error
      })
  }
  const follow = async <T extends V1Service | V1Pod>(kind: string, known: Map<string, T>) => {
    const take = (type: string, object: T) => {
      const name = object.metadata?.name ?? ''
      // Some clusters' objects carry the run's prefix in a shared namespace.
      if (!name.includes(prefix)) return
      if (type === 'DELETED') known.delete(name)
      else known.set(name, object)
      changed()
    }
    const again = () => {
      if (!signal.aborted) void follow(kind, known)
    }
    closers.push(await api.watches.watch(`/api/v1/namespaces/${namespace}/${kind}`, {}, take, again))
  }
  await Promise.all([follow('services', services), follow('pods', pods)])
  return async () => {
    for (const closer of closers) closer.abort()
    await turn
    if (failure !== undefined) throw failure
  }
}

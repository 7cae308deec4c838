import type { V1Ingress, V1ObjectMeta } from '@kubernetes/client-node'
import { GATEWAY_API } from '../../cluster/ingress/gateway-class.ts'
import { isCode } from '../../cluster/kube/trouble.ts'
import { type Collection, keepWatching } from '../../cluster/kube/watch.ts'
import { ROUTE } from '../../fixtures/scenario-resources.ts'
import type { Meanwhile, Stage } from '../fault.ts'

/** Changes a copy of an Ingress. Gives false if it has nothing to change. */
export type Change = (ingress: V1Ingress, stage: Stage) => boolean

/** Whether an object is the one that this scenario is about. */
const isSubject = (id: string, metadata: V1ObjectMeta | undefined): boolean =>
  metadata?.labels?.[ROUTE] === 'subject' && metadata.name?.includes(`${id.toLowerCase()}-`) === true

/** Acts once on the object that each run of a scenario is about, as soon as it is created. */
async function onceEach<T extends { metadata?: V1ObjectMeta }>(
  { api, signal }: Stage,
  scenario: string,
  collection: Omit<Collection<T>, 'selector'>,
  act: (object: T) => Promise<void>,
): Promise<() => Promise<void>> {
  const done = new Set<string>()
  const acts: Promise<void>[] = []
  let failure: unknown
  const take = async (object: T) => {
    if (signal.aborted) return
    await act(object).catch((error: unknown) => {
      // The scenario may end at the same time and delete its objects.
      if (!isCode(error, 404)) failure ??= error
    })
  }
  const watch = keepWatching(api, { ...collection, selector: {} }, (all) => {
    for (const object of all.filter(({ metadata }) => isSubject(scenario, metadata))) {
      const uid = object.metadata?.uid ?? ''
      if (done.has(uid)) continue
      done.add(uid)
      acts.push(take(object))
    }
  })
  await watch.begun
  return async () => {
    await watch.stop()
    await Promise.all(acts)
    if (failure !== undefined) throw failure
  }
}

/** Changes the Ingress that a scenario is about as soon as it is created, and then (`status`) its status. */
export const changed = (scenario: string, change: Change, status?: V1Ingress['status']): Meanwhile => ({
  what: `the Ingress of ${scenario} is changed`,
  begin: (stage, acted) => {
    const { networking } = stage.api
    const namespace = stage.topology.namespaces.main
    const collection = {
      path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
      list: () => networking.listNamespacedIngress({ namespace }),
    }
    return onceEach<V1Ingress>(stage, scenario, collection, async (found) => {
      const body = structuredClone(found)
      if (!change(body, stage)) return
      const name = found.metadata?.name ?? ''
      // Without a version, the change does not conflict with a status that the controller has written.
      delete body.metadata?.resourceVersion
      await networking.replaceNamespacedIngress({ namespace, name, body })
      if (status) await networking.replaceNamespacedIngressStatus({ namespace, name, body: { ...body, status } })
      acted()
    })
  },
})

interface Route {
  metadata?: V1ObjectMeta
  spec: { hostnames?: string[] }
}

/** Changes the hosts of the HTTPRoute that a scenario is about. */
export const changedHosts = (scenario: string, hostFor: (host: string) => string): Meanwhile => ({
  what: `the HTTPRoute of ${scenario} is changed`,
  begin: (stage, acted) => {
    const { custom } = stage.api
    const where = { ...GATEWAY_API, namespace: stage.topology.namespaces.main, plural: 'httproutes' }
    const collection = {
      path: `/apis/${where.group}/${where.version}/namespaces/${where.namespace}/httproutes`,
      list: () => custom.listNamespacedCustomObject(where) as Promise<{ items: Route[] }>,
    }
    return onceEach<Route>(stage, scenario, collection, async ({ metadata }) => {
      const name = metadata?.name ?? ''
      // Its controller may have written the status since.
      const body = (await custom.getNamespacedCustomObject({ ...where, name })) as Route
      body.spec.hostnames = (body.spec.hostnames ?? []).map(hostFor)
      await custom.replaceNamespacedCustomObject({ ...where, name, body })
      acted()
    })
  },
})

import type { V1Ingress, V1ObjectMeta } from '@kubernetes/client-node'
import { GATEWAY_API } from '../../cluster/ingress/gateway-class.ts'
import { isCode } from '../../cluster/kube/trouble.ts'
import { type Collection, keepWatching } from '../../cluster/kube/watch.ts'
import { ROUTE } from '../../fixtures/scenario-resources.ts'
import type { Meanwhile, Stage } from '../fault.ts'

/** Changes a copy of an Ingress. Gives false if it has nothing to change. */
export type Change = (ingress: V1Ingress, stage: Stage) => boolean

interface Named {
  metadata?: V1ObjectMeta
}

/** The objects of one kind: how they are listed, created and replaced. */
interface Objects<T> extends Omit<Collection<T>, 'selector'> {
  /** A client of the API, and its method that creates such an object. */
  client: object
  creates: string
  replace: (object: T, name: string) => Promise<unknown>
}

/** The parameters of a call that creates an object. */
interface Creation<T> {
  body: T
}

/** Whether an object is the one that this scenario is about. */
const isSubject = (id: string, metadata: V1ObjectMeta | undefined): boolean =>
  metadata?.labels?.[ROUTE] === 'subject' && metadata.name?.includes(`${id.toLowerCase()}-`) === true

/**
 * Passes what this process creates with a method of a client through `change`. All clients of the class are affected.
 * Gives the function that ends it.
 */
function atCreation<T>(client: object, creates: string, change: (creation: Creation<T>) => Creation<T>): () => void {
  const prototype = Object.getPrototypeOf(client) as Record<
    string,
    (creation: Creation<T>, ...rest: unknown[]) => unknown
  >
  const original = prototype[creates]
  if (!original) throw new Error(`the client has no method ${creates}`)
  prototype[creates] = function (creation, ...rest) {
    return original.call(this, change(creation), ...rest)
  }
  return () => {
    prototype[creates] = original
  }
}

/**
 * Changes the object that each run of a scenario is about. What this process creates is created with the change, as by a wrong
 * manifest: a controller that has loaded the object before the change would answer as promised for a moment. What another
 * process creates is replaced as soon as it is seen.
 */
async function onceEach<T extends Named>(
  { api, signal }: Stage,
  scenarios: readonly string[],
  { client, creates, replace, ...collection }: Objects<T>,
  change: (copy: T) => boolean,
  acted: () => void,
): Promise<() => Promise<void>> {
  const isMeant = ({ metadata }: T) => scenarios.some((id) => isSubject(id, metadata))
  const done = new Set<string>()
  const acts: Promise<void>[] = []
  let failure: unknown
  const end = atCreation<T>(client, creates, (creation) => {
    const body = structuredClone(creation.body)
    if (!isMeant(body) || !change(body)) return creation
    done.add(body.metadata?.name ?? '')
    acted()
    return { ...creation, body }
  })
  const take = async (object: T, name: string) => {
    const body = structuredClone(object)
    if (signal.aborted || !change(body)) return
    await replace(body, name).then(acted, (error: unknown) => {
      // The scenario may end at the same time and delete its objects.
      if (!isCode(error, 404)) failure ??= error
    })
  }
  const watch = keepWatching(api, { ...collection, selector: {} }, (all) => {
    for (const object of all.filter(isMeant)) {
      const name = object.metadata?.name ?? ''
      if (done.has(name)) continue
      done.add(name)
      acts.push(take(object, name))
    }
  })
  await watch.begun
  return async () => {
    end()
    await watch.stop()
    await Promise.all(acts)
    if (failure !== undefined) throw failure
  }
}

/** Changes the Ingresses that these scenarios are about, and then (`status`) their status. */
export const changed = (scenarios: readonly string[], change: Change, status?: V1Ingress['status']): Meanwhile => ({
  what: `the Ingresses of ${scenarios.join(' and ')} are changed`,
  begin: (stage, acted) => {
    const { networking } = stage.api
    const namespace = stage.topology.namespaces.main
    const ingresses: Objects<V1Ingress> = {
      path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
      list: () => networking.listNamespacedIngress({ namespace }),
      ...{ client: networking, creates: 'createNamespacedIngress' },
      replace: async (body, name) => {
        // Without a version, the change does not conflict with a status that the controller has written.
        delete body.metadata?.resourceVersion
        await networking.replaceNamespacedIngress({ namespace, name, body })
        if (status) await networking.replaceNamespacedIngressStatus({ namespace, name, body: { ...body, status } })
      },
    }
    return onceEach(stage, scenarios, ingresses, (copy) => change(copy, stage), acted)
  },
})

interface Route extends Named {
  spec: { hostnames?: string[] }
}

/** Changes the hosts of the HTTPRoute that a scenario is about. */
export const changedHosts = (scenario: string, hostFor: (host: string) => string): Meanwhile => ({
  what: `the HTTPRoute of ${scenario} is changed`,
  begin: (stage, acted) => {
    const { custom } = stage.api
    const where = { ...GATEWAY_API, namespace: stage.topology.namespaces.main, plural: 'httproutes' }
    const change = ({ spec }: Route) => {
      spec.hostnames = (spec.hostnames ?? []).map(hostFor)
      return true
    }
    const routes: Objects<Route> = {
      path: `/apis/${where.group}/${where.version}/namespaces/${where.namespace}/httproutes`,
      list: () => custom.listNamespacedCustomObject(where) as Promise<{ items: Route[] }>,
      ...{ client: custom, creates: 'createNamespacedCustomObject' },
      replace: async (_, name) => {
        // Its controller may have written the status since.
        const body = (await custom.getNamespacedCustomObject({ ...where, name })) as Route
        change(body)
        await custom.replaceNamespacedCustomObject({ ...where, name, body })
      },
    }
    return onceEach(stage, [scenario], routes, change, acted)
  },
})

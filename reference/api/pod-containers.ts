import type { V1PodSpec } from '@kubernetes/client-node'
import type { KubeObject } from '../contract.ts'
import type { RequestInfo } from './request.ts'
import { badRequest, notFound } from './status.ts'
import type { ApiStore } from './store.ts'

/**
 * The pod of a request for one of its subresources.
 * @throws StatusError 404.
 */
export function podOf(store: ApiStore, { kind, namespace, name = '' }: RequestInfo): KubeObject {
  const pod = store.get('Pod', namespace, name)
  if (!pod) throw notFound(kind, name)
  return pod
}

/**
 * The container that the client names, the pod's default container, or its only one.
 * @throws StatusError 400.
 */
export function containerOf(pod: KubeObject, wanted: string | null): string {
  const { containers, initContainers = [] } = pod.spec as V1PodSpec
  const names = [...containers, ...initContainers].map(({ name }) => name)
  const chosen = wanted || pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (!chosen && containers.length > 1) {
    const list = containers.map(({ name }) => name).join(' ')
    throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${list}]`)
  }
  const container = chosen || names[0] || ''
  if (!names.includes(container)) throw badRequest(`container ${container} is not valid for pod ${pod.metadata.name}`)
  return container
}

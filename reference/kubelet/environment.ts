import type { Store } from '../contract.ts'
import { toolPath } from '../network/tools.ts'
import { field, keyed } from './fields.ts'
import type { Container, EnvVar, Pod } from './pod.ts'

type Environment = Record<string, string>

/** A container's environment, as a real kubelet and a real image make it. Throws when it refers to what is not there. */
export function environment(store: Store, pod: Pod, container: Container, hostname: string): Environment {
  const result: Environment = {
    PATH: toolPath,
    HOSTNAME: hostname,
    HOME: '/root',
    ...serviceLinks(store, pod.metadata.namespace),
  }
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const found = {
      ...(configMapRef && keyed(store, 'ConfigMap', pod.metadata.namespace, configMapRef)),
      ...(secretRef && keyed(store, 'Secret', pod.metadata.namespace, secretRef)),
    }
    for (const [key, value] of Object.entries(found)) result[prefix + key] = value.toString()
  }
  for (const variable of container.env ?? []) {
    const value = resolve(store, pod, variable, result)
    if (value !== undefined) result[variable.name] = value
  }
  return result
}

/** Replaces $(NAME) by the variable of that name; $$(NAME) stands for itself, and so does an unknown name. */
export function expand(text: string, variables: Environment): string {
  return text.replace(/\$\$|\$\(([^()]+)\)/g, (whole, name?: string) =>
    name === undefined ? '$' : (variables[name] ?? whole),
  )
}

function resolve(store: Store, pod: Pod, { value, valueFrom }: EnvVar, soFar: Environment): string | undefined {
  if (!valueFrom) return expand(value ?? '', soFar)
  if (valueFrom.fieldRef) return field(pod, valueFrom.fieldRef.fieldPath)
  const kind = valueFrom.configMapKeyRef ? 'ConfigMap' : 'Secret'
  const reference = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef
  if (!reference) return undefined
  const found = keyed(store, kind, pod.metadata.namespace, reference)?.[reference.key]
  if (found || reference.optional) return found?.toString()
  throw new Error(`couldn't find key ${reference.key} in ${kind} ${pod.metadata.namespace}/${reference.name}`)
}

/** The cluster's own API as every container is told of it. */
function serviceLinks(store: Store, namespace = 'default'): Environment {
  const links: Environment = {}
  const own = namespace === 'default' ? [] : store.list('Service', namespace)
  for (const service of [...store.list('Service', 'default').filter(isApi), ...own]) {
    const { clusterIP, ports } = (service.spec ?? {}) as { clusterIP?: string; ports?: { port: number }[] }
    const port = ports?.[0]?.port
    if (!clusterIP || clusterIP === 'None' || !port) continue
    const name = service.metadata.name.toUpperCase().replaceAll('-', '_')
    links[`${name}_SERVICE_HOST`] = clusterIP
    links[`${name}_SERVICE_PORT`] = String(port)
  }
  return links
}

function isApi(service: { metadata: { name: string } }): boolean {
  return service.metadata.name === 'kubernetes'
}

import type { V1ServicePort } from '@kubernetes/client-node'
import type { Store } from '../contract.ts'
import { hostAndPort } from '../host-and-port.ts'
import { smallMemory } from '../network/commands.ts'
import { toolPath } from '../network/tools.ts'
import { asService, type Service } from '../services/service-objects.ts'
import type { Container, EnvVar, Pod } from './pod.ts'
import { field, keyed } from './value-sources.ts'

type Environment = Record<string, string>

/**
 * A container's environment: the variables of an image, of the kubelet and of the pod.
 * @throws Error when a variable refers to an object or a key that does not exist.
 */
export function environment(store: Store, pod: Pod, container: Container, hostname: string): Environment {
  const result: Environment = {
    PATH: toolPath,
    ...smallMemory,
    HOSTNAME: hostname,
    HOME: '/root',
    ...serviceLinks(store, pod),
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

/** Replaces $(NAME) by the variable of that name. $$ becomes $, and an unknown name stays as it is. */
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

/**
 * The variables for Services: for the API always, and for those of the pod's namespace unless enableServiceLinks is
 * false.
 */
function serviceLinks(store: Store, { metadata: { namespace = 'default' }, spec }: Pod): Environment {
  const api = store.get('Service', 'default', 'kubernetes')
  const own = spec.enableServiceLinks === false ? [] : store.list('Service', namespace)
  return Object.assign({}, ...[...(api ? [api] : []), ...own].map((service) => linkTo(asService(service))))
}

function linkTo({ metadata: { name }, spec: { clusterIP, ports = [] } }: Service): Environment {
  const [first] = ports
  if (!clusterIP || clusterIP === 'None' || !first) return {}
  const prefix = capitals(name)
  const urlOf = ({ protocol = 'TCP', port }: V1ServicePort) =>
    `${protocol.toLowerCase()}://${hostAndPort(clusterIP, port)}`
  return {
    [`${prefix}_SERVICE_HOST`]: clusterIP,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
    [`${prefix}_PORT`]: urlOf(first),
    ...Object.fromEntries(
      ports.flatMap((each) => {
        const { name: portName, port, protocol = 'TCP' } = each
        const link = `${prefix}_PORT_${port}_${protocol}`
        return [
          ...(portName ? [[`${prefix}_SERVICE_PORT_${capitals(portName)}`, String(port)]] : []),
          [link, urlOf(each)],
          [`${link}_PROTO`, protocol.toLowerCase()],
          [`${link}_PORT`, String(port)],
          [`${link}_ADDR`, clusterIP],
        ]
      }),
    ),
  }
}

const capitals = (name: string) => name.toUpperCase().replaceAll('-', '_')

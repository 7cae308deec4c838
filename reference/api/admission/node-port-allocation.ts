import type { V1ServiceSpec } from '@kubernetes/client-node'
import { StatusError } from '../status.ts'
import { needsHealthCheck } from './load-balancer.ts'
import { opensNodePorts } from './service.ts'

const nodePorts = { first: 30_000, last: 32_767 }

/**
 * Gives a Service the node ports that it needs and has not chosen itself, also the one of its health check.
 * @throws the error that `refuse` makes, or StatusError 500 for the health check, when it cannot have a port that it has
 * chosen.
 */
export function allocateNodePorts(
  spec: V1ServiceSpec,
  others: readonly V1ServiceSpec[],
  refuse: (field: string, value: unknown, why: string) => Error,
): void {
  const taken = new Set(others.flatMap(portsOf))

  /** Why a Service cannot have a port; undefined when it can. */
  const obstacle = (protocol: string | undefined, port: number) =>
    port < nodePorts.first || port > nodePorts.last
      ? `provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`
      : taken.has(key(protocol, port))
        ? 'provided port is already allocated'
        : undefined

  function free(protocol: string | undefined): number {
    const available = nodePorts.last - nodePorts.first + 1
    const start = Math.floor(Math.random() * available)
    for (let step = 0; step < available; step += 1) {
      const port = nodePorts.first + ((start + step) % available)
      if (!taken.has(key(protocol, port))) return port
    }
    throw new Error('no node port is left')
  }

  if (opensNodePorts(spec))
    for (const [index, port] of (spec.ports ?? []).entries()) {
      const why = port.nodePort ? obstacle(port.protocol, port.nodePort) : undefined
      if (why) throw refuse(`spec.ports[${index}].nodePort`, port.nodePort, why)
      port.nodePort ||= free(port.protocol)
      taken.add(key(port.protocol, port.nodePort))
    }
  if (!needsHealthCheck(spec)) return
  const { healthCheckNodePort: chosen } = spec
  const why = chosen ? obstacle('TCP', chosen) : undefined
  if (why) throw internalError(`failed to allocate requested HealthCheck NodePort ${chosen}: ${why}`)
  spec.healthCheckNodePort = chosen || free('TCP')
}

const key = (protocol: string | undefined, port: number) => `${protocol}/${port}`

const portsOf = ({ ports = [], healthCheckNodePort }: V1ServiceSpec): string[] => [
  ...ports.flatMap(({ protocol, nodePort }) => (nodePort ? [key(protocol, nodePort)] : [])),
  ...(healthCheckNodePort ? [key('TCP', healthCheckNodePort)] : []),
]

/** Kubernetes reports a health check port that is taken in this way. */
const internalError = (message: string) =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })

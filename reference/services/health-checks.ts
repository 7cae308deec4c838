import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Store } from '../contract.ts'
import type { NodeNetwork } from '../network/nodes.ts'
import { asService, asSlice, familyOf, serviceLabel } from './service-objects.ts'

/**
 * Answers the health checks of load balancers. Every node sends its `healthCheckNodePort` to the control plane, with its
 * own address as the source, and so the control plane answers for that node.
 */
export function startHealthChecks(store: Store, nodes: readonly NodeNetwork[], controlPlane: readonly string[]): void {
  const open = new Map<string, { port: number; servers: Server[] }>()

  store.watch('Service', ({ type, object }) => {
    const { metadata, spec } = asService(object)
    const key = `${metadata.namespace}/${metadata.name}`
    const port = type === 'DELETED' ? undefined : spec.healthCheckNodePort
    const before = open.get(key)
    if (before?.port === port) return
    for (const server of before?.servers ?? []) server.close()
    open.delete(key)
    if (port) open.set(key, { port, servers: controlPlane.map((address) => listen(key, port, address)) })
  })

  function listen(service: string, port: number, address: string): Server {
    const server = createServer((request, response) => answer(service, request, response))
    server.on('error', (error) => console.error(error.message))
    return server.listen(port, address)
  }

  /** The body and the headers are those of kube-proxy. */
  function answer(key: string, { socket: { remoteAddress: peer = '' } }: IncomingMessage, response: ServerResponse) {
    const [namespace = '', name = ''] = key.split('/')
    const node = nodes.find(({ addresses }) => addresses.some((own) => own.node === peer))
    const localEndpoints = readyOn(node?.name, { namespace, name, family: familyOf(peer) })
    const body = { service: { namespace, name }, localEndpoints, serviceProxyHealthy: true }
    response.writeHead(localEndpoints > 0 ? 200 : 503, {
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'x-load-balancing-endpoint-weight': localEndpoints,
      connection: 'close',
    })
    response.end(JSON.stringify(body, undefined, '\t'))
  }

  function readyOn(node: string | undefined, service: { namespace: string; name: string; family: string }): number {
    const addresses = store
      .list('EndpointSlice', service.namespace)
      .map(asSlice)
      .filter(({ metadata }) => metadata.labels?.[serviceLabel] === service.name)
      .filter(({ addressType }) => addressType === service.family)
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ nodeName, conditions = {} }) => nodeName === node && conditions.ready !== false)
      .flatMap((endpoint) => endpoint.addresses)
    return new Set(addresses).size
  }
}

import type { Store } from '../contract.ts'
import { controlPlaneAddress } from '../network/addresses.ts'
import type { NodeNetwork } from '../network/nodes.ts'
import { startNodeProxy } from './node-proxy.ts'
import type { ServiceRules } from './port-rules.ts'
import { rulesOf } from './rules.ts'
import { asService, asSlice, type Family, proxyLabel, serviceLabel, zoneLabel } from './service-objects.ts'

/** Keeps every node's rules in line with the Services and EndpointSlices of the store. */
export function startProxies(store: Store, nodes: readonly NodeNetwork[]): void {
  const services = () => store.list('Service').map(({ metadata: { namespace, name } }) => `${namespace}/${name}`)
  const proxies = nodes.map((node) =>
    startNodeProxy(node.name, { services, rules: (key) => rulesOn(store, node, key) }),
  )
  const changed = (namespace = '', name = '') => {
    for (const proxy of proxies) proxy(`${namespace}/${name}`)
  }
  store.watch('Service', ({ object: { metadata } }) => changed(metadata.namespace, metadata.name))
  store.watch('EndpointSlice', ({ object: { metadata } }) =>
    changed(metadata.namespace, metadata.labels?.[serviceLabel]),
  )
  for (const { metadata } of store.list('Service')) changed(metadata.namespace, metadata.name)
}

/** The rules of the Service `NAMESPACE/NAME` on a node, as the store is now. */
function rulesOn(store: Store, node: NodeNetwork, key: string): ServiceRules {
  const [namespace = '', name = ''] = key.split('/')
  const found = store.get('Service', namespace, name)
  const service = found?.metadata.labels?.[proxyLabel] === undefined ? found : undefined
  const slices = store
    .list('EndpointSlice', namespace)
    .filter(({ metadata }) => metadata.labels?.[serviceLabel] === name)
  const zone = store.get('Node', undefined, node.name)?.metadata.labels?.[zoneLabel]
  const location = {
    node: node.name,
    podRanges: podRangesOf(node),
    controlPlane: controlPlaneOf(node),
    ...(zone && { zone }),
  }
  return rulesOf(service && asService(service), slices.map(asSlice), location)
}

const controlPlaneOf = ({ addresses }: NodeNetwork): Partial<Record<Family, string>> =>
  Object.fromEntries(addresses.map(({ version }) => [`IPv${version}`, controlPlaneAddress(version)]))

const podRangesOf = ({ addresses }: NodeNetwork): Partial<Record<Family, string>> =>
  Object.fromEntries(addresses.map(({ version, podRange }) => [`IPv${version}`, podRange]))

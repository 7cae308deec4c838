import type { ApiStore } from '../api/store.ts'
import type { KubeObject } from '../contract.ts'
import { asService, familyOf } from './service-objects.ts'

const manager = 'ipallocator.k8s.io'

/** Keeps an IPAddress for each cluster IP of a Service. In a real cluster the allocator of the API server does it. */
export function startAddressRecords(store: ApiStore): void {
  for (const service of store.list('Service')) record(store, service)
  store.watch('Service', ({ type, object, previous }) => {
    const now = type === 'DELETED' ? [] : record(store, object)
    for (const address of previous ? clusterIPs(previous) : [])
      if (!now.includes(address)) store.remove('IPAddress', undefined, address)
  })
}

/** The cluster IPs of a Service, each with its IPAddress. */
function record(store: ApiStore, service: KubeObject): string[] {
  const addresses = clusterIPs(service)
  for (const address of addresses)
    if (!store.get('IPAddress', undefined, address)) store.create(addressOf(service, address))
  return addresses
}

const clusterIPs = (service: KubeObject) =>
  (asService(service).spec.clusterIPs ?? []).filter((address) => address !== 'None')

function addressOf({ metadata: { namespace = '', name } }: KubeObject, address: string): KubeObject {
  const labels = {
    'ipaddress.kubernetes.io/ip-family': familyOf(address),
    'ipaddress.kubernetes.io/managed-by': manager,
  }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: address, labels },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  }
}

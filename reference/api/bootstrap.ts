import ipaddr from 'ipaddr.js'
import type { KubeObject } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { offset } from './admission/service-allocation.ts'
import { kindNamed } from './kinds.ts'
import { createObject } from './write.ts'

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

/** What every new cluster has: its namespaces, and the Service by which pods find the API. */
export function furnishCluster(api: Admission): void {
  const make = (object: KubeObject) => furnish(api, object)
  for (const name of namespaces) make({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  make({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      clusterIP: serviceAddress(api.serviceCidrs, 1),
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
    },
  })
}

/** Creates an object as if somebody had posted it. */
export function furnish(api: Admission, object: KubeObject): void {
  const { namespace } = object.metadata
  const target = { kind: kindNamed(object.kind), query: new URLSearchParams(), ...(namespace && { namespace }) }
  createObject(api, target, object)
}

/** An address by its place in the first service range: 1 is the API's own, 10 that of DNS. */
export function serviceAddress([first = '10.96.0.0/16']: readonly string[], place: number): string {
  return offset(ipaddr.parseCIDR(first)[0], place)
}

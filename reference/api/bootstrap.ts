import ipaddr from 'ipaddr.js'
import type { KubeObject } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { offset } from './admission/allocate.ts'
import { kindNamed } from './kinds.ts'
import { createObject } from './write.ts'

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

/** What every new cluster has: its namespaces, and the Service by which pods find the API. */
export function furnishCluster(api: Admission): void {
  const make = (object: KubeObject) => {
    const { namespace } = object.metadata
    const target = { kind: kindNamed(object.kind), query: new URLSearchParams(), ...(namespace && { namespace }) }
    createObject(api, target, object)
  }
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
      clusterIP: apiServiceAddress(api.serviceCidrs),
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
    },
  })
}

/** The first address of the first service range: the API's own. */
export function apiServiceAddress([first = '10.96.0.0/16']: readonly string[]): string {
  return offset(ipaddr.parseCIDR(first)[0], 1)
}

import ipaddr from 'ipaddr.js'
import type { KubeObject } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { addressAt } from './admission/service-allocation.ts'
import { kindNamed } from './kinds.ts'
import { createObject } from './write.ts'

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

/** Creates the objects of a new cluster: its namespaces, and the Service that leads pods to the API. */
export function createBootstrapObjects(api: Admission): void {
  for (const name of namespaces)
    createThroughAdmission(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  createThroughAdmission(api, {
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

/** Creates an object as if a client had posted it: with defaults, checks and allocated addresses. */
export function createThroughAdmission(api: Admission, object: KubeObject): void {
  const { namespace } = object.metadata
  const info = { kind: kindNamed(object.kind), query: new URLSearchParams(), ...(namespace && { namespace }) }
  createObject(api, info, object)
}

/** The nth address of the first range of cluster IPs: 1 is that of the API, 10 that of DNS. */
export function serviceAddress([first = '10.96.0.0/16']: readonly string[], n: number): string {
  return addressAt(ipaddr.parseCIDR(first)[0], n)
}

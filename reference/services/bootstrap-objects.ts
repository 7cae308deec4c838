import type { KubeObject } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import { familyOf, serviceLabel } from './service-objects.ts'

/** The endpoints of the Service by which pods find the API: the API keeps these itself. */
export function apiSlice(address: string, port: number): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', generation: 1, labels: { [serviceLabel]: 'kubernetes' } },
    addressType: familyOf(address),
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  }
}

/** What a cluster says of its Services: the ranges that their addresses are taken from, and how nodes lead to them. */
export function serviceObjects(cidrs: readonly string[]): KubeObject[] {
  const ready = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
  return [
    {
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' } },
      ...{ spec: { cidrs }, status: { conditions: [{ ...ready, lastTransitionTime: timestamp() }] } },
    },
    {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-proxy', namespace: 'kube-system' } },
      data: {
        'config.conf': 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
      },
    },
  ]
}

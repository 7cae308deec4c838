import type { KubeObject } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import { familyOf, serviceLabel, skipMirrorLabel } from './service-objects.ts'

/**
 * The EndpointSlice of the Service `kubernetes`, which leads pods to the API. In a real cluster the API server writes
 * it.
 */
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

/** The Endpoints of the Service `kubernetes`. The slice above has the same address. */
export function apiEndpoints(address: string, port: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { [skipMirrorLabel]: 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  }
}

/** The ServiceCIDR with the ranges of cluster IPs. */
export function serviceCidr(cidrs: readonly string[]): KubeObject {
  const condition = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs },
    status: { conditions: [{ ...condition, lastTransitionTime: timestamp() }] },
  }
}

/** The ConfigMap from which a client learns that nodes use nftables. */
export function proxyConfiguration(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    data: {
      'config.conf': 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
    },
  }
}

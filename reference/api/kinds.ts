import type { Column } from './column.ts'
import * as columns from './columns.ts'
import * as ingressColumns from './ingress-columns.ts'
import { podColumns } from './pod-columns.ts'
import * as workloadColumns from './workload-columns.ts'

/** A kind of objects that the server serves. A new kind is a new row in the table below. */
export interface Kind {
  kind: string
  group: string
  plural: string
  short: readonly string[]
  categories: readonly string[]
  namespaced: boolean
  verbs: readonly string[]
  /** Subresources by name, with their verbs and, when it differs, the kind of their objects. */
  subresources: Readonly<Record<string, { verbs: readonly string[]; kind?: string }>>
  /** Fields for a fieldSelector, in addition to metadata.name and metadata.namespace. */
  fields: readonly string[]
  /** Whether metadata.generation counts the changes of its objects. */
  generation: boolean
  /** Whether DELETE is answered with the object instead of a Status. */
  returnsDeleted: boolean
  /** The syntax of names: a DNS label, a DNS subdomain or an IP address. */
  names: 'label' | 'subdomain' | 'address'
  columns: readonly Column[]
}

const collectionVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const status = { status: { verbs: ['get', 'patch', 'update'] } }
const proxyVerbs = ['create', 'delete', 'get', 'patch', 'update']
const gatewayApi = {
  group: 'gateway.networking.k8s.io',
  categories: ['gateway-api'],
  subresources: status,
  generation: true,
}

const row = (kind: string, plural: string, rest: Partial<Kind> = {}): Kind => ({
  kind,
  group: '',
  plural,
  short: [],
  categories: [],
  namespaced: true,
  verbs: collectionVerbs,
  subresources: {},
  fields: [],
  generation: false,
  returnsDeleted: false,
  names: 'subdomain',
  columns: columns.plain,
  ...rest,
})

/** Every kind that the server serves, each in version v1 of its group. */
export const kinds: readonly Kind[] = [
  row('ConfigMap', 'configmaps', { short: ['cm'], columns: columns.configMap }),
  row('Endpoints', 'endpoints', { short: ['ep'], columns: columns.endpoints }),
  row('Event', 'events', {
    short: ['ev'],
    columns: columns.event,
    fields: [
      ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
        (field) => `involvedObject.${field}`,
      ),
      'reason',
      'reportingComponent',
      'type',
    ],
  }),
  row('Namespace', 'namespaces', {
    short: ['ns'],
    namespaced: false,
    verbs: collectionVerbs.filter((verb) => verb !== 'deletecollection'),
    subresources: status,
    fields: ['status.phase'],
    returnsDeleted: true,
    names: 'label',
    columns: columns.namespace,
  }),
  row('Node', 'nodes', {
    short: ['no'],
    namespaced: false,
    subresources: status,
    fields: ['spec.unschedulable'],
    columns: columns.node,
  }),
  row('Pod', 'pods', {
    short: ['po'],
    categories: ['all'],
    subresources: {
      ...status,
      log: { verbs: ['get'] },
      exec: { verbs: ['create', 'get'], kind: 'PodExecOptions' },
      proxy: { verbs: proxyVerbs, kind: 'PodProxyOptions' },
    },
    fields: [
      ...['nodeName', 'restartPolicy', 'schedulerName', 'serviceAccountName', 'hostNetwork'].map((f) => `spec.${f}`),
      'status.phase',
      'status.podIP',
    ],
    generation: true,
    returnsDeleted: true,
    columns: podColumns,
  }),
  row('Secret', 'secrets', { fields: ['type'], columns: columns.secret }),
  row('Service', 'services', {
    short: ['svc'],
    categories: ['all'],
    subresources: { ...status, proxy: { verbs: proxyVerbs, kind: 'ServiceProxyOptions' } },
    fields: ['spec.clusterIP', 'spec.type'],
    returnsDeleted: true,
    names: 'label',
    columns: columns.service,
  }),
  row('ServiceAccount', 'serviceaccounts', { short: ['sa'], returnsDeleted: true }),
  row('DaemonSet', 'daemonsets', {
    group: 'apps',
    short: ['ds'],
    categories: ['all'],
    subresources: status,
    generation: true,
    columns: workloadColumns.daemonSet,
  }),
  row('Deployment', 'deployments', {
    group: 'apps',
    short: ['deploy'],
    categories: ['all'],
    subresources: status,
    generation: true,
    columns: workloadColumns.deployment,
  }),
  row('ReplicaSet', 'replicasets', {
    group: 'apps',
    short: ['rs'],
    categories: ['all'],
    subresources: status,
    generation: true,
    columns: workloadColumns.replicaSet,
  }),
  row('SelfSubjectAccessReview', 'selfsubjectaccessreviews', {
    group: 'authorization.k8s.io',
    namespaced: false,
    verbs: ['create'],
  }),
  row('Lease', 'leases', { group: 'coordination.k8s.io', columns: columns.lease }),
  row('EndpointSlice', 'endpointslices', {
    group: 'discovery.k8s.io',
    generation: true,
    columns: columns.endpointSlice,
  }),
  row('Ingress', 'ingresses', {
    group: 'networking.k8s.io',
    short: ['ing'],
    subresources: status,
    generation: true,
    columns: ingressColumns.ingress,
  }),
  row('IngressClass', 'ingressclasses', {
    group: 'networking.k8s.io',
    namespaced: false,
    generation: true,
    columns: ingressColumns.ingressClass,
  }),
  row('IPAddress', 'ipaddresses', {
    group: 'networking.k8s.io',
    short: ['ip'],
    namespaced: false,
    names: 'address',
    columns: columns.ipAddress,
  }),
  row('NetworkPolicy', 'networkpolicies', {
    group: 'networking.k8s.io',
    short: ['netpol'],
    generation: true,
    columns: columns.networkPolicy,
  }),
  row('ServiceCIDR', 'servicecidrs', {
    group: 'networking.k8s.io',
    namespaced: false,
    subresources: status,
    columns: columns.serviceCidr,
  }),
  // Real clusters get these kinds from custom resources. Here they are built in.
  row('GatewayClass', 'gatewayclasses', {
    ...gatewayApi,
    short: ['gc'],
    namespaced: false,
    columns: ingressColumns.gatewayClass,
  }),
  row('Gateway', 'gateways', { ...gatewayApi, short: ['gtw'], columns: ingressColumns.gateway }),
  row('HTTPRoute', 'httproutes', { ...gatewayApi, columns: ingressColumns.httpRoute }),
]

/** The groups of the kinds, the core group ('') first. */
export const groups: readonly string[] = [...new Set(kinds.map(({ group }) => group))]

/** `v1` or `group/v1`. */
export const apiVersionOf = ({ group }: Pick<Kind, 'group'>): string => (group === '' ? 'v1' : `${group}/v1`)

/**
 * The row of a kind.
 * @throws Error for a kind that the server does not serve: a mistake of the caller.
 */
export function kindNamed(name: string): Kind {
  const found = kinds.find(({ kind }) => kind === name)
  if (!found) throw new Error(`the reference API has no kind ${name}`)
  return found
}

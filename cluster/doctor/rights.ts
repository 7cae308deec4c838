/** What a run loses without a right: every promise, those with these tags, those with these ids, or only something that it knows. */
export type Loss = 'run' | { tags: readonly string[] } | { ids: readonly string[] } | { knows: string }

/** A right that a run uses, as in a Role. */
export interface Right {
  verb: string
  group: string
  /** `pods`, or with a part: `pods/exec`. */
  resource: string
  /** In the namespaces of the run, in another namespace, or in the whole cluster. */
  where: 'run' | 'kube-system' | 'default' | 'cluster'
  loses: Loss
}

type Rule = [group: string, resource: string, verbs: string, loses: Loss, where?: Right['where']]

const GATEWAY = 'gateway.networking.k8s.io'
const INGRESS: Loss = { tags: ['@needs-ingress', '@needs-own-ingress'] }
const ROUTES: Loss = { tags: ['@needs-gatewayapi'] }
const SERVICES: Loss = { tags: ['@needs-services'] }

/** Every right that a run uses with `--namespace`, by what it loses without it. A test compares it with the calls in the sources. */
const RULES: readonly Rule[] = [
  ['', 'pods', 'create list watch deletecollection', 'run'],
  ['', 'pods/exec', 'get create', 'run'],
  ['', 'configmaps', 'create deletecollection', 'run'],
  ['coordination.k8s.io', 'leases', 'create update deletecollection', 'run'],
  // Without these, Services of the run would stay.
  ['', 'services', 'list delete', 'run'],
  ['', 'pods', 'get', { ids: ['C05', 'C06', 'S11'] }],
  ['', 'pods', 'delete', { tags: ['@disrupt'] }],
  ['', 'services', 'create deletecollection', SERVICES],
  ['', 'services', 'get', { ids: ['D09', 'S06', 'S07', 'S15', 'S25', 'S29', 'X09', 'X10'] }],
  ['', 'services', 'update', { ids: ['D09', 'S15'] }],
  ['', 'configmaps', 'get', { ids: ['S22'] }],
  ['discovery.k8s.io', 'endpointslices', 'list watch', { tags: ['@needs-endpoints'] }],
  ['discovery.k8s.io', 'endpointslices', 'create delete', { tags: ['@needs-endpointslices'] }],
  ['networking.k8s.io', 'ingresses', 'create get deletecollection', INGRESS],
  ['', 'secrets', 'create deletecollection', INGRESS],
  [GATEWAY, 'gateways', 'create get deletecollection', ROUTES],
  [GATEWAY, 'httproutes', 'create get deletecollection', ROUTES],
  ['networking.k8s.io', 'networkpolicies', 'list', { knows: 'whether a NetworkPolicy blocks the run' }],
  ['', 'nodes', 'list', { knows: 'the nodes: the scheduler picks up to three, and podCIDRs are unknown' }, 'cluster'],
  ['', 'nodes', 'get', { knows: 'whether a node ceased to be Ready during the run' }, 'cluster'],
  ['apps', 'daemonsets', 'list', { knows: 'the network plug-in' }, 'cluster'],
  ['apps', 'daemonsets', 'list', { knows: 'the service proxy' }, 'kube-system'],
  ['', 'configmaps', 'get', { knows: 'the mode of kube-proxy' }, 'kube-system'],
  ['', 'services', 'list', { knows: 'the DNS Service; pods look for it instead' }, 'kube-system'],
  ['', 'pods', 'list', { knows: 'the version of the DNS server' }, 'kube-system'],
  ['', 'services', 'list', { knows: 'virtual IPs of other namespaces' }, 'cluster'],
  ['', 'services', 'get', { knows: 'the API server’s Service; a pod’s environment names it' }, 'default'],
  ['networking.k8s.io', 'servicecidrs', 'list', { tags: ['@needs-servicecidr'] }, 'cluster'],
  ['networking.k8s.io', 'ingressclasses', 'get', { knows: 'whether the IngressClass exists' }, 'cluster'],
  ['networking.k8s.io', 'ingresses', 'list', { tags: ['@needs-own-ingress'] }, 'cluster'],
  [GATEWAY, 'gatewayclasses', 'list', ROUTES, 'cluster'],
]

/** What a run uses only without `--namespace`. */
const OWN_NAMESPACES: readonly Rule[] = [
  ['', 'namespaces', 'create delete', 'run', 'cluster'],
  ['networking.k8s.io', 'networkpolicies', 'create delete deletecollection', { tags: ['@needs-netpol'] }],
]

/** The rights that a run uses, in one given namespace or in namespaces of its own. */
export const rightsOf = (namespace: string | undefined): Right[] =>
  [...RULES, ...(namespace === undefined ? OWN_NAMESPACES : [])].flatMap(
    ([group, resource, verbs, loses, where = 'run']) =>
      verbs.split(' ').map((verb) => ({ verb, group, resource, where, loses })),
  )

/** A right in words: `create endpointslices.discovery.k8s.io`. */
export const nameOf = ({ verb, group, resource }: Pick<Right, 'verb' | 'group' | 'resource'>): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}`

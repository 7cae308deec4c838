import type { Explanation } from './search.ts'
import { ends, isUnmasked, lifeOf } from './words.ts'

/** A kind of trouble: what usually does it, and commands with which one can look at it. */
export interface Kind {
  name: string
  usually: string
  look: readonly string[]
}

const kind = (name: string, usually: string, ...look: string[]): Kind => ({ name, usually, look })

const FORWARD = 'nft list ruleset | grep -n drop'
const ROUTES = 'ip route; ip neigh'

/** The kinds of trouble, by their names. NODE stands for the node. */
export const KINDS = {
  loss: kind(
    'packets lost',
    'A firewall or a security group between the nodes, a missing route, or a tunnel whose port is blocked.',
    ...[`on NODE: ${FORWARD}`, `on NODE: ${ROUTES}`],
  ),
  some: kind(
    'some packets lost',
    'One of several equal-cost paths or of several connections is broken; the hash of the 4-tuple decides. Or a full table of connections.',
    ...['on NODE: ip route show; nstat -az | grep -i drop', 'on NODE: conntrack -S'],
  ),
  size: kind(
    'packets of a size lost',
    'The path MTU is smaller than the MTU of pods, and "fragmentation needed" (ICMP) is filtered; or fragments are dropped.',
    ...['on NODE: ip -d link | grep mtu', 'on NODE: ping -M do -s 1400 <node address>'],
  ),
  sizeOfFamily: kind(
    'packets of a size lost',
    'The path MTU of one IP family is smaller than the MTU of pods, as in a tunnel over IPv6; or a node has learned an MTU that is too small.',
    ...['on NODE: ip -d link | grep mtu', 'on NODE: ip route show cache; ip -6 route show cache'],
  ),
  life: kind(
    'connection tracking',
    'Connection tracking forgets, limits or closes connections: its time-outs, the size of its table, or a firewall that lost its state.',
    ...['on NODE: sysctl -a | grep nf_conntrack', 'on NODE: conntrack -S; dmesg | grep -i conntrack'],
  ),
  ports: kind(
    'ports filtered',
    'A host firewall, a security group or an agent that filters a range of ports.',
    ...[`on NODE: ${FORWARD}`, 'kubectl get networkpolicies -A'],
  ),
  source: kind(
    'source translated',
    'A masquerade rule that lacks an exception for the pod ranges of the cluster (clusterCIDR of kube-proxy, ip-masq-agent, ipMasq of the CNI).',
    ...['on NODE: nft list ruleset | grep -nE "masquerade|snat"', 'on NODE: conntrack -L --src-nat'],
  ),
  destination: kind(
    'destination translated',
    'A DNAT or redirect rule for traffic of pods: a transparent proxy, a service mesh, or a left-over Service rule.',
    ...['on NODE: nft list ruleset | grep -nE "dnat|redirect"', 'on NODE: conntrack -L --dst-nat'],
  ),
  content: kind(
    'bytes changed',
    'A proxy on the path, or a broken checksum or segmentation offload.',
    'on NODE: ethtool -k eth0',
    'on NODE: nstat -az | grep -i csum',
  ),
  server: kind(
    'wrong server',
    'Two pods have one address or share their ports, or a rule sends the packets of one pod to another.',
    ...['kubectl get pods -A -o wide | sort -k7', 'on NODE: ip neigh; nft list ruleset | grep -n dnat'],
  ),
  refusals: kind(
    'refusals lost',
    'A firewall that drops packets for closed ports (DROP in place of REJECT), or a rule that leads closed ports to a server.',
    ...[`on NODE: ${FORWARD}`, 'on NODE: sysctl net.ipv4.icmp_ratelimit'],
  ),
  localhost: kind(
    'localhost',
    'Rules of a service mesh or of a hardened template inside the network namespace of pods.',
    'kubectl exec POD -- cat /proc/net/tcp',
    'on NODE: ip netns; nsenter -t PID -n nft list ruleset',
  ),
  service: kind(
    'service proxy',
    'The service proxy of the node does not run, lags behind the API, or its rules are overridden.',
    ...[
      'kubectl -n kube-system get pods -o wide | grep NODE',
      'on NODE: nft list table ip kube-proxy; iptables-save | grep KUBE-SVC',
    ],
  ),
  nodePort: kind(
    'node ports',
    'A firewall for node ports, nodePortAddresses of kube-proxy, or a traffic policy that is not followed.',
    ...['on NODE: nft list ruleset | grep -n 3[0-2]', 'kubectl get svc -A | grep NodePort'],
  ),
  masquerade: kind(
    'masquerade',
    'The masquerade rule for traffic that leaves the cluster is missing or wrong on the node.',
    ...['on NODE: nft list ruleset | grep -n masquerade', 'on NODE: ip route get 1.1.1.1'],
  ),
  egress: kind(
    'egress',
    'A firewall for what leaves the node, a missing default route, or no way back for replies.',
    'on NODE: ip route get 1.1.1.1',
    `on NODE: ${FORWARD}`,
  ),
  gateway: kind(
    'internet gateway',
    'The NAT gateway in front of the nodes.',
    'on the gateway: nft list ruleset',
    'on the gateway: conntrack -L',
  ),
  dns: kind(
    'cluster DNS',
    'CoreDNS does not run or is overloaded, its Corefile is wrong, or UDP port 53 is filtered.',
    ...[
      'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
      'kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50',
    ],
  ),
  ingress: kind(
    'ingress',
    'The Ingress controller has other rules than its Ingresses, or follows none.',
    'kubectl get ingress -A',
    'kubectl get ingressclass -o yaml',
  ),
  kubelet: kind(
    'kubelet',
    'A firewall between the node and its pods, or a kubelet that does not probe.',
    'on NODE: nft list ruleset | grep -n drop',
    'kubectl describe node NODE',
  ),
  address: kind(
    'pod addresses',
    'IP address management: two owners of one range, or ranges that overlap.',
    'kubectl get nodes -o custom-columns=N:.metadata.name,CIDR:.spec.podCIDRs',
    'on NODE: ip -br address',
  ),
  facts: kind(
    'pod facts',
    'The runtime or a start script has changed files or names inside the pod.',
    'kubectl exec POD -- cat /etc/hosts',
    'kubectl get pod POD -o yaml',
  ),
  policies: kind(
    'policies',
    'The policy engine does not run on the node, lags behind the API, or does not know a part of a policy.',
    ...['kubectl get pods -A -o wide | grep NODE', 'kubectl get networkpolicies -A'],
  ),
  loadBalancer: kind(
    'load balancer',
    'The load balancer or the controller that programs it.',
    'kubectl get svc -A | grep LoadBalancer',
    'kubectl describe svc NAME',
  ),
  virtualIp: kind(
    'virtual IPs',
    'The range of Services overlaps other addresses, or the API server does not keep what it has given.',
    ...['kubectl get servicecidrs,ipaddresses', 'kubectl get svc -A -o wide'],
  ),
  endpoints: kind(
    'endpoints',
    'The EndpointSlice controller, or somebody who writes slices by hand.',
    'kubectl get endpointslices -o yaml',
    'kubectl -n kube-system logs -l component=kube-controller-manager --tail=50',
  ),
  family: kind(
    'second IP family',
    'Only one IP family of the nodes, pods or Services is configured.',
    'kubectl get nodes -o yaml | grep -A3 podCIDRs',
    'on NODE: ip -6 route',
  ),
} as const satisfies Readonly<Record<string, Kind>>

/** The kind with the name of its node in the commands. */
export const about = ({ name, usually, look }: Kind, nodes: readonly string[]): Kind => ({
  ...{ name, usually },
  look: look.map((command) =>
    (nodes[0] === undefined ? command.replace(/ \| grep NODE$/, '') : command).replaceAll(
      'NODE',
      nodes[0] ?? 'each node',
    ),
  ),
})

/** The kind of trouble that an explanation is. */
export const kindOf = (explanation: Explanation): Kind => about(KINDS[wordOf(explanation)], ends(explanation))

/** The promises that are about payload of any size. */
const SIZES = /^(P11|P18|N09|S28|E06)$/

/** From so many bytes on, payload may not fit into one packet of the smallest MTU of IPv6. */
const LARGE = 1_200

const isLarge = ({ path: { request = 0, answer = 0 } }: Explanation['broken'][number]): boolean =>
  Math.max(request, answer) >= LARGE

function wordOf({ literals, broken, intact }: Explanation): keyof typeof KINDS {
  const has = (dimension: string) => literals.some((literal) => literal.dimension === dimension)
  const every = (test: (each: Explanation['broken'][number]) => boolean) => broken.every(test)
  const harm = broken[0]?.harm
  if (has('family')) return harm === 'fails' && every(isLarge) ? 'sizeOfFamily' : 'family'
  if (every(({ path }) => path.protocol.startsWith('DNS'))) return 'dns'
  if (every(({ result }) => /^X(09|10)$/.test(result.id))) return 'loadBalancer'
  if (every(({ result }) => /^X(1[2-9]|20)$/.test(result.id))) return 'ingress'
  if (every(({ path }) => path.via === 'localhost') || /^C0[17]$/.test(broken[0]?.result.id ?? '')) return 'localhost'
  if (harm === 'not refused') return 'refusals'
  if (every(({ result }) => /^E(09|10|11)$/.test(result.id)) && ends({ literals, broken, intact }).length === 0)
    return 'gateway'
  if (every(({ scope }) => scope === 'to the outside'))
    return harm === 'fails' && !isUnmasked(broken) ? 'egress' : 'masquerade'
  if (every(({ path, scope }) => path.via === 'node port' || scope === 'from outside')) return 'nodePort'
  if (harm === 'fails') {
    if (lifeOf({ literals, broken }) !== undefined) return 'life'
    if (has('large') || has('large request') || has('large answer') || has('small request')) return 'size'
    if (has('local port')) return 'ports'
  }
  if (every(({ path }) => path.via === 'virtual IP' || path.via === 'name')) return 'service'
  if (harm === 'source' || harm === 'source port') return 'source'
  if (harm === 'destination') return 'destination'
  if (harm === 'wrong server') return 'server'
  if (harm === 'bytes') return 'content'
  if (every(({ result }) => SIZES.test(result.id))) return 'size'
  if (has('port')) return 'ports'
  return intact.length > broken.length ? 'some' : 'loss'
}

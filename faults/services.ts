import { show } from '../contract/conversation.ts'
import type { Fault, ObjectStep, Place } from './fault.ts'
import { podIP, word } from './kit/family.ts'
import { NODE_PORT_CLIENTS, SERVICES } from './kit/groups.ts'
import { table } from './kit/nft.ts'
import { nodeWith } from './kit/node-status.ts'
import { SIBLING, TCP, UDP, WELL_KNOWN } from './kit/ports.ts'
import { frozenProxy } from './kit/proxy.ts'
import { BEFORE, fault, isFor, NEEDS, nowhere, once, rules, standing, toTarget, virtualIPs } from './kit/service.ts'

const RAW = 'filter hook prerouting priority -310'

/** An additional EndpointSlice of the standing Service, with an endpoint that no pod has. */
const stale = ({ topology, families, node }: Place): ObjectStep[] =>
  families.slice(0, 1).map((family) => ({
    collection: `/apis/discovery.k8s.io/v1/namespaces/${topology.namespaces.main}/endpointslices`,
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'flatnet-fault-stale',
        labels: {
          'kubernetes.io/service-name': topology.service?.name ?? '',
          'endpointslice.kubernetes.io/managed-by': 'flatnet.fault',
        },
      },
      addressType: family.version === 6 ? 'IPv6' : 'IPv4',
      endpoints: [
        {
          addresses: [nowhere(family)],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: node.name,
        },
      ],
      ports: [
        { name: 'tcp', protocol: 'TCP', port: TCP },
        { name: 'udp', protocol: 'UDP', port: UDP },
      ],
    },
  }))

const serviceRange = (name: string, cidr: string): ObjectStep => ({
  collection: '/apis/networking.k8s.io/v1/servicecidrs',
  object: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: `flatnet-fault-${name}` },
    spec: { cidrs: [cidr] },
  },
})

export const services: Fault[] = [
  fault(
    {
      id: 'frozen-proxy',
      says: 'The kube-proxy of one node hangs. Existing Services keep working, but no change reaches the node.',
      breaks: ['S11', 'S14', 'S18', 'S24', 'S26'].map((id) => ({ id })),
      also: { ids: [...SERVICES, ...NODE_PORT_CLIENTS], because: 'their new Services do not reach the node either' },
    },
    (place) => [frozenProxy(place)],
  ),
  rules(
    {
      id: 'service-udp',
      says: 'One node drops UDP packets to virtual IPs.',
      breaks: [{ id: 'S01', rows: /^UDP$/ }, { id: 'S04' }],
      also: { ids: ['S01'], because: 'an idle UDP socket is used again' },
    },
    RAW,
    ({ ip, services: range, dns }) => `${ip} daddr ${range} ${dns && `${ip} daddr != ${dns} `}meta l4proto udp drop`,
  ),
  rules(
    {
      id: 'service-to-a-stranger',
      says: 'One connection in five to a Service reaches a pod that is not one of its backends.',
      breaks: [{ id: 'S01', rows: /^TCP$/ }],
      also: { ids: ['S01'], because: 'its other TCP rows open a few connections with the same Service' },
    },
    BEFORE,
    (f, place) => toTarget(standing(place, f), podIP(place, 'client', f), { oneIn: 5 })[0] ?? '',
  ),
  rules(
    {
      id: 'stale-endpoint-on-one-node',
      says: 'The proxy of one node still sends connections to a backend that no longer exists.',
      breaks: [{ id: 'S01' }],
    },
    BEFORE,
    (f, place) =>
      `${f.ip} daddr ${standing(place, f)} meta l4proto { tcp, udp } numgen random mod 4 0 dnat ${f.ip} to ${nowhere(f)}`,
  ),
  fault(
    {
      id: 'stale-endpoint',
      says: 'A dead controller left an EndpointSlice behind, so some connections go to an address without a pod.',
      breaks: [{ id: 'S19' }, { id: 'S01' }],
      also: { ids: [...SERVICES, 'D01', 'D05'], because: 'their clients use the same Service' },
      where: 'API',
    },
    stale,
  ),
  rules(
    {
      id: 'service-port-kept',
      says: 'The proxy does not translate the Service’s port to the target port.',
      breaks: [{ id: 'S02', rows: /TCP/ }],
      also: { ids: ['S03', 'S24'], because: 'their Services use port 80 too' },
    },
    BEFORE,
    (f, place) =>
      `${f.ip} daddr ${f.services} tcp dport ${WELL_KNOWN.web} dnat ${f.ip} to ${show({ ip: podIP(place, 'server', f), port: WELL_KNOWN.web })}`,
  ),
  rules(
    {
      id: 'named-port-of-one-pod',
      says: 'The proxy uses one port number for a named target port, although half of the pods have another number.',
      breaks: [{ id: 'S03', rows: /TCP/ }],
      also: { ids: ['S04', 'C02'], because: 'their conversations use the same port number' },
    },
    'filter hook forward priority -10',
    ({ ip, own }) => `${ip} saddr ${own} tcp dport ${SIBLING} ct status dnat drop`,
  ),
  rules(
    {
      id: 'one-protocol-of-a-port',
      says: 'A Service has a TCP and a UDP port of the same number, and the proxy programs only the TCP port.',
      breaks: [{ id: 'S04' }],
    },
    RAW,
    ({ ip, services: range }) => `${ip} daddr ${range} udp dport ${WELL_KNOWN.both} drop`,
  ),
  fault(
    {
      id: 'node-with-a-virtual-ip',
      says: 'A node registers with the virtual IP of a Service as its own address.',
      breaks: [{ id: 'S05' }],
      also: {
        ids: ['I03', 'I06', 'S01', 'S08'],
        because: 'they compare the node’s addresses, or dial this address',
      },
      where: 'API',
      on: ['reference'],
    },
    ({ node, topology }) => [nodeWith([...node.internalIPs, topology.service?.ip ?? ''], node)],
  ),
  fault(
    {
      id: 'service-range-over-pods',
      says: 'A new Service range overlaps the pod CIDRs, so a new Service may get the address of a pod.',
      breaks: [{ id: 'S05' }],
      needs: [...NEEDS, 'servicecidr'],
      where: 'API',
    },
    ({ node }) => [serviceRange('pods', node.podCIDRs[0] ?? '')],
  ),
  rules(
    {
      id: 'endpoint-weighted-double',
      says: 'One backend is in the proxy’s table twice and gets twice its share of connections.',
      breaks: [{ id: 'S08', rows: /^$/ }],
      needs: [...NEEDS, 'random'],
    },
    BEFORE,
    (f, place) => {
      const backends = place.topology.pods.filter(({ role }) => role === 'server').length
      return toTarget(standing(place, f), podIP(place, 'server', f), { oneIn: backends + 1 }).join('\n')
    },
  ),
  rules(
    {
      id: 'endpoint-left-out',
      says: 'The proxy of one node sends all connections to one backend, so the others get none from there.',
      breaks: [{ id: 'S08' }],
    },
    BEFORE,
    (f, place) => toTarget(standing(place, f), podIP(place, 'server', f)).join('\n'),
  ),
  fault(
    {
      id: 'not-ready-one-in-a-hundred',
      says: 'The proxy of one node still sends one connection in a hundred to a pod that is not ready.',
      breaks: [{ id: 'S10' }],
    },
    ({ node }) => [
      once('not-ready-one-in-a-hundred', 'S10', [node.name], ({ services: own, pods }) => {
        const leaving = pods.filter(
          ({ status }) =>
            status?.phase === 'Running' && status.conditions?.some((c) => c.type === 'Ready' && c.status === 'False'),
        )
        // A starting pod is not ready either, so wait until another pod has become ready.
        const started =
          pods.length > 1 &&
          pods.some(({ status }) => status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'))
        const [pod] = started && leaving.length === 1 ? leaving : []
        if (!pod) return []
        return own.flatMap(virtualIPs).flatMap((ip) => {
          const to = pod.status?.podIPs?.map((each) => each.ip ?? '').find((each) => word(each) === word(ip))
          return to
            ? [`${word(ip)} daddr ${ip} meta l4proto { tcp, udp } numgen random mod 100 0 dnat ${word(ip)} to ${to}`]
            : []
        })
      }),
    ],
  ),
  rules(
    {
      id: 'refusals-of-the-node',
      says: 'One node drops the refusals of a Service without endpoints, so clients hang.',
      breaks: [{ id: 'S12' }],
    },
    'filter hook output priority 0',
    ({ ip, services: range, version }) =>
      `${version === 6 ? 'icmpv6' : 'icmp'} type destination-unreachable drop\n${ip} saddr ${range} tcp flags & rst == rst drop`,
  ),
  rules(
    {
      id: 'service-masquerade',
      says: 'One node masquerades all connections to virtual IPs, so backends see the node’s address and not the client’s.',
      breaks: [{ id: 'I07' }],
    },
    'nat hook postrouting priority 90',
    ({ ip, own, services: range }) => `${ip} saddr ${own} ct original ${ip} daddr ${range} masquerade`,
  ),
  fault(
    {
      id: 'hairpin',
      says: 'Hairpin connections are dropped: a pod that dials its own Service and is chosen as the backend gets no answer.',
      breaks: [{ id: 'S14' }],
    },
    (place) => [
      table(place.node.name, 'hairpin', [
        {
          hook: 'filter hook forward priority -10',
          rules: place.families.map((f) => {
            const ip = podIP(place, 'server', f)
            return `ct direction original ct status dnat ct original ${f.ip} saddr ${ip} ${f.ip} daddr ${ip} drop`
          }),
        },
      ]),
    ],
  ),
  fault(
    {
      id: 'local-policy-ignored',
      says: 'The proxy ignores internalTrafficPolicy: Local and sends clients to backends of other nodes.',
      breaks: [{ id: 'S17' }],
      where: 'every node',
    },
    (place) => {
      const { nodes, pods } = place.topology
      const alone = pods.find(({ role }) => role === 'server')
      const away = nodes.filter(({ name }) => name !== alone?.node).map(({ name }) => name)
      return [
        once('local-policy-ignored', 'S17', away, ({ services: own }) =>
          own
            .filter(isFor('local-once'))
            .flatMap(virtualIPs)
            .flatMap((ip) => {
              const to = alone?.containers[0]?.ips.find((each) => word(each) === word(ip))
              return to ? [`${word(ip)} daddr ${ip} meta l4proto { tcp, udp } dnat ${word(ip)} to ${to}`] : []
            }),
        ),
      ]
    },
  ),
  fault(
    {
      id: 'service-range-without-end',
      says: 'A Service range was added by mistake, so Services get addresses outside the planned range.',
      breaks: [{ id: 'S24', rows: /outside/ }],
      also: { ids: ['S05'], because: 'it lists the Service ranges' },
      needs: [...NEEDS, 'servicecidr'],
      where: 'API',
      // Only the API server of kind assigns addresses from ServiceCIDR objects.
      on: ['kind'],
    },
    ({ families }) => [serviceRange('wide', families[0]?.version === 6 ? '2001:db8::/112' : '192.0.2.0/24')],
  ),
  rules(
    {
      id: 'api-behind-another',
      says: 'On one node the virtual IP of the API leads to another server, so pods there start but cannot use the API.',
      breaks: [{ id: 'S22' }],
    },
    BEFORE,
    (f, place) => {
      const clients = place.topology.pods.filter(({ role }) => role === 'client')
      const own = clients.flatMap(({ containers }) => containers[0]?.ips.filter((ip) => word(ip) === f.ip) ?? [])
      return f.api === ''
        ? ''
        : `${f.ip} saddr { ${own.join(', ')} } ${f.ip} daddr ${f.api} tcp dport 443 dnat ${f.ip} to ${show({ ip: podIP(place, 'server', f), port: TCP })}`
    },
  ),
]

import { type ApiStep, BOTH, type Fault, type NodeStep, type Place } from './fault.ts'
import { BETWEEN_NODES, NAMES, SERVICES } from './kit/groups.ts'
import { inPod, namespaceOf, table } from './kit/nft.ts'
import { spare } from './kit/second-address.ts'

const REFERENCE = ['reference'] as const

/** Adds the address of a pod on another node to the server pod of the chosen node. */
const borrowed = (place: Place): NodeStep[] => {
  const victim = place.pod('server', place.others[0]).containers[0]?.ips[0] ?? ''
  const [bits, nodad] = victim.includes(':') ? [128, ' nodad'] : [32, '']
  return [
    inPod(place.pod('server'), {
      in: `ip addr add ${victim}/${bits} dev eth0${nodad}`,
      out: `ip addr del ${victim}/${bits} dev eth0 2>/dev/null || :`,
      shows: `ip -o addr show dev eth0 | grep -qF ' ${victim}/'`,
    }),
  ]
}

/** Gives the pod a private address; its node translates between this address and the one in the API. */
function oneToOne(place: Place, role: 'client' | 'server', name: string): NodeStep[] {
  const pod = place.pod(role)
  const ip = pod.containers[0]?.ips[0] ?? ''
  const six = ip.includes(':')
  const own = spare(ip, 248)
  const [bits, word] = six ? [128, 'ip6'] : [32, 'ip']
  const route = `ip ${six ? '-6 ' : ''}route`
  const nodad = six ? ' nodad' : ''
  return [
    inPod(
      pod,
      {
        in: `ip addr add ${own}/${bits} dev eth0${nodad}\n${route} show > /run/flatnet-${name}.routes\nip addr del $(ip -o addr show dev eth0 | sed -n 's# *[0-9]*: eth0 *inet6* \\(${ip}/[0-9]*\\) .*#\\1#p') dev eth0\n${restore(route, name)}`,
        out: `ip -o addr show dev eth0 | grep -qF ' ${ip}/' || ip addr add ${ip}/${bits} dev eth0${nodad}\nip addr del ${own}/${bits} dev eth0 2>/dev/null || :\n${restore(route, name)}\nrm -f /run/flatnet-${name}.routes`,
        shows: `ip -o addr show dev eth0 | grep -qF ' ${own}/'`,
      },
      own,
    ),
    {
      node: place.node.name,
      in: `dev=$(${route} get ${ip} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')\n${route} add ${own}/${bits} dev "$dev"`,
      out: `${route} del ${own}/${bits} 2>/dev/null || :`,
      shows: `${route} show ${own} | grep -q .`,
    },
    table(place.node.name, name, [
      { hook: 'nat hook prerouting priority -110', rules: `${word} daddr ${ip} dnat ${word} to ${own}` },
      { hook: 'nat hook output priority -110', rules: `${word} daddr ${ip} dnat ${word} to ${own}` },
      { hook: 'nat hook postrouting priority 90', rules: `${word} saddr ${own} snat ${word} to ${ip}` },
      // Nothing may reach the private address directly, without the translation.
      {
        hook: 'filter hook forward priority -10',
        rules: `${word} daddr ${own} ct status & dnat == 0 ct state new drop`,
      },
    ]),
  ]
}

/** The kernel removes routes together with an address. This adds them again; two turns, because routes depend on each other. */
const restore = (route: string, name: string) =>
  `for turn in 1 2; do while read -r line; do ${route} add $line 2>/dev/null || :; done < /run/flatnet-${name}.routes; done`

export const addresses: Fault[] = [
  {
    id: 'address-used-twice',
    says: 'Two nodes assign the same address to their pods.',
    breaks: [{ id: 'P07' }],
    also: {
      ids: ['C05', 'P03'],
      because: 'the second address is newer than the init container’s report, and packets to it reach either pod',
    },
    where: 'one node',
    on: BOTH,
    steps: borrowed,
  },
  {
    id: 'one-to-one-translation-of-a-server',
    says: 'The node translates a server pod’s private address one to one. Clients reach the pod, but the pod sees another address than they do.',
    breaks: [{ id: 'I01' }, { id: 'P05' }, { id: 'C03' }, { id: 'C05' }],
    also: {
      ids: ['P01', 'P02', 'P03', 'P04', 'P08', 'P10', 'P11', 'N04', 'N05', 'C02', 'I02', ...SERVICES],
      because: 'the probe’s UDP servers are bound to the address that the pod had before',
    },
    where: 'one pod',
    on: BOTH,
    steps: (place) => oneToOne(place, 'server', 'one-to-one-translation-of-a-server'),
  },
  {
    id: 'one-to-one-translation-of-a-client',
    says: 'Other pods see a client pod under another address than its own, so the address that it publishes leads nowhere.',
    breaks: [{ id: 'I02' }, { id: 'P04' }, { id: 'I05' }],
    also: {
      ids: ['P01', 'P02', 'P03', 'P05', 'P08', 'P12', ...SERVICES, ...NAMES],
      because: 'their client dials from an address that is not the pod’s own',
    },
    where: 'one pod',
    on: BOTH,
    steps: (place) => oneToOne(place, 'client', 'one-to-one-translation-of-a-client'),
  },
  {
    id: 'poisoned-neighbour',
    says: 'A neighbour entry on one node names the wrong link-layer address for another node.',
    breaks: [{ id: 'P02' }, { id: 'P03' }],
    also: {
      ids: BETWEEN_NODES,
      because: 'their conversations cross this pair of nodes',
    },
    where: 'one node',
    on: BOTH,
    steps: (place) =>
      place.families.slice(0, 1).map(({ neighbour }) => ({
        node: place.node.name,
        in: `dev=$(ip route get ${neighbour} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')\nip neigh replace ${neighbour} lladdr 02:f1:a7:00:00:01 nud permanent dev "$dev"`,
        out: `dev=$(ip route get ${neighbour} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')\nip neigh del ${neighbour} lladdr 02:f1:a7:00:00:01 dev "$dev" 2>/dev/null || :`,
        shows: `ip neigh show ${neighbour} | grep -q 02:f1:a7:00:00:01`,
      })),
  },
  {
    id: 'overlapping-ranges',
    says: 'Two nodes have overlapping pod CIDRs.',
    breaks: [{ id: 'P14' }],
    where: 'API',
    on: REFERENCE,
    steps: (place) => [podRange(place, place.others[0]?.podCIDRs ?? [])],
  },
  {
    id: 'address-out-of-range',
    says: 'The pod CIDR of a node was changed while pods run there, so their addresses are outside it.',
    breaks: [{ id: 'P14' }],
    where: 'API',
    on: REFERENCE,
    steps: (place) => [
      podRange(
        place,
        place.node.podCIDRs.map((cidr) => (cidr.includes(':') ? 'fd00:dead::/64' : '203.0.113.0/24')),
      ),
    ],
  },
  {
    id: 'no-veth',
    says: 'A pod’s eth0 is a bridge and not one end of a veth pair; the veth has another name.',
    breaks: [{ id: 'P15' }],
    where: 'one pod',
    on: BOTH,
    steps: (place) => {
      const pod = place.pod('server')
      const ip = pod.containers[0]?.ips[0] ?? ''
      const find = namespaceOf([ip])
      const inside = (script: string) =>
        `${find}\n[ -n "$ns" ]\nip netns exec "$ns" sh -e <<'INSIDE'\n${script}\nINSIDE`
      return [
        {
          node: place.node.name,
          in: inside('ip link set eth0 name flatnet0\nip link add eth0 type bridge'),
          out: inside(
            'if ip link show flatnet0 >/dev/null 2>&1; then ip link del eth0; ip link set flatnet0 name eth0; fi',
          ),
          shows: inside('ip link show flatnet0 >/dev/null'),
        },
      ]
    },
  },
]

const podRange = ({ node }: Place, podCIDRs: readonly string[]): ApiStep => ({
  path: `/api/v1/nodes/${node.name}`,
  patch: { spec: { podCIDR: podCIDRs[0], podCIDRs } },
  back: { spec: { podCIDR: node.podCIDRs[0], podCIDRs: node.podCIDRs } },
})

import type { V1EndpointSlice } from '@kubernetes/client-node'
import { isCode } from '../cluster/kube/trouble.ts'
import { show } from '../contract/conversation.ts'
import type { Draw } from '../contract/draw.ts'
import { eventually } from '../contract/waiting.ts'
import { PROXY_NAME } from '../fixtures/scenes/other-proxy.ts'
import { familyOf } from '../probe/address.ts'
import type { Family, Fault, Meanwhile, Place } from './fault.ts'
import { podIP, toVirtualIPs, word } from './kit/family.ts'
import { FORWARD, INPUT } from './kit/hooks.ts'
import { type Chain, dropTable, leftTables, table } from './kit/nft.ts'
import { TCP, UDP } from './kit/ports.ts'
import { BEFORE, fault, isFor, nowhere, rules } from './kit/service.ts'
import { slice } from './kit/slices.ts'
import { watching } from './kit/watching.ts'

/** nft's match for packets to virtual IPs that the proxy has already translated. */
const wereToVirtualIPs = ({ ip, services, api }: Family) =>
  `ct original ${ip} daddr ${services}${api && ` ct original ${ip} daddr != ${api}`}`

/** The addresses of the other nodes as a set of nft. */
const otherNodes = ({ others }: Place, { ip }: Family) =>
  `{ ${others.flatMap(({ internalIPs }) => internalIPs.filter((each) => word(each) === ip)).join(', ')} }`

const HOSTNET = ['services', 'hostnet']

/** The scenario may end at the same time and delete its Services, so 404 and a conflict are no errors. */
async function unlessGone(action: Promise<unknown>): Promise<void> {
  await action.catch((error: unknown) => {
    if (!isCode(error, 404, 409)) throw error
  })
}

/** Takes the label away by which a Service names another proxy. */
const unlabelled: Meanwhile = {
  what: 'the Services of S32 lose their label',
  begin: (stage, acted) =>
    watching(stage, 'S32', async ({ services }) => {
      for (const { metadata } of services.filter((each) => each.metadata?.labels?.[PROXY_NAME] !== undefined)) {
        const { name = '', namespace = '' } = metadata ?? {}
        const replace = async () => {
          const { metadata: now, ...rest } = await stage.api.core.readNamespacedService({ namespace, name })
          const { [PROXY_NAME]: _, ...labels } = now?.labels ?? {}
          const body = { ...rest, metadata: { ...now, labels } }
          await stage.api.core.replaceNamespacedService({ namespace, name, body })
        }
        await unlessGone(replace())
        acted()
      }
    }),
}

/** Adds an endpoint that no pod has to the Services of S32 that name another proxy. */
const strangerAdded = (family: Family | undefined): Meanwhile => ({
  what: 'an additional EndpointSlice for the Services of S32',
  begin: (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, 'S32', async ({ services }) => {
      for (const service of services.filter(isFor('elsewhere'))) {
        const { name = '', namespace = '', uid = '' } = service.metadata ?? {}
        if (!family || done.has(uid)) continue
        done.add(uid)
        const body = slice(service, `${name}-flatnet`, { addresses: [nowhere(family)] }, TCP)
        await unlessGone(stage.api.discovery.createNamespacedEndpointSlice({ namespace, body }))
        acted()
      }
    })
  },
})

/** The endpoints of the Service of S30 that has many, as nft writes them, by EndpointSlice. */
type Many = { vip: string; slices: string[][] }

/** Adds chains on the chosen node once the Service of S30 has all its EndpointSlices. */
const withMany = ({ node, draw }: Place, id: string, chainsFor: (many: Many, draw: Draw) => Chain[]): Meanwhile => ({
  what: 'rules for the endpoints of S30',
  leaves: leftTables(id, [node.name]),
  begin: (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, 'S30', async ({ services }) => {
      for (const { metadata, spec } of services.filter(isFor('many'))) {
        const { name = '', namespace = '' } = metadata ?? {}
        if (done.has(name)) continue
        done.add(name)
        const vip = spec?.clusterIP ?? ''
        const slices = await eventually(MANY_MS, async () => {
          const labelSelector = `kubernetes.io/service-name=${name}`
          const { items } = await stage.api.discovery.listNamespacedEndpointSlice({ namespace, labelSelector })
          const own = items.filter(({ addressType }) => addressType === `IPv${familyOf(vip)}`).map(endpointsIn)
          return own.flat().length > 100 ? own : undefined
        })
        if (!slices) continue
        await stage.shell(
          node.name,
          `${dropTable(id)}\n${table(node.name, id, chainsFor({ vip, slices }, draw(id))).in}`,
        )
        acted()
      }
    })
  },
})

/** How long the scenario may take to create its slices. */
const MANY_MS = 10_000

const endpointsIn = ({ endpoints, ports }: V1EndpointSlice) =>
  (endpoints ?? []).flatMap(({ addresses }) => addresses.map((ip) => `${ip} . ${ports?.[0]?.port}`))

/** Faults about kinds of Services, clients and endpoints that few tests have. */
export const serviceKinds: Fault[] = [
  rules(
    {
      id: 'host-service-tcp',
      says: 'A hardened node drops TCP packets from its own network to virtual IPs. Pods are not affected.',
      breaks: [{ id: 'S27', rows: /TCP/ }],
      needs: HOSTNET,
    },
    'filter hook output priority -150',
    (f) => `${toVirtualIPs(f)} meta l4proto tcp drop`,
  ),
  rules(
    {
      id: 'host-service-udp-untracked',
      says: 'One node does not track UDP packets of its own network, so it never translates their virtual IPs.',
      breaks: [{ id: 'S27', rows: /UDP/ }],
      needs: HOSTNET,
    },
    'filter hook output priority -310',
    (f) => `${toVirtualIPs(f)} meta l4proto udp notrack`,
  ),
  rules(
    {
      id: 'host-endpoint-of-the-node',
      says: 'The host firewall of one node drops UDP from Services to its own address. Packets from other nodes pass.',
      breaks: [{ id: 'S31', rows: /UDP/ }],
      needs: HOSTNET,
    },
    INPUT,
    (f) => `${wereToVirtualIPs(f)} meta l4proto udp drop`,
  ),
  rules(
    {
      id: 'host-endpoint-of-others',
      says: 'One node does not forward TCP from Services to the addresses of other nodes, only to pods.',
      breaks: [{ id: 'S31', rows: /TCP/ }],
      needs: [...HOSTNET, 'multi'],
    },
    FORWARD,
    (f, place) => `${wereToVirtualIPs(f)} ${f.ip} daddr ${otherNodes(place, f)} meta l4proto tcp drop`,
  ),
  rules(
    {
      id: 'proxy-name-ignored',
      says: 'One node sends virtual IPs that its proxy does not serve to a pod, among them those of Services that name another proxy.',
      breaks: [{ id: 'S32' }],
    },
    // After the rules of the proxy. A rule for the scenario's own Service would come later than its packets on a busy machine.
    'nat hook prerouting priority -90',
    (f, place) => {
      const [l4, port] = place.draw('proxy-name-ignored').one([
        ['tcp', TCP],
        ['udp', UDP],
      ] as const)
      return `${toVirtualIPs(f)} meta l4proto ${l4} dnat ${f.ip} to ${show({ ip: podIP(place, 'server', f), port })}`
    },
  ),
  fault(
    {
      id: 'proxy-name-lost',
      says: 'A deployment tool removes labels that it does not know, so the default proxy takes over another proxy’s Service.',
      breaks: [{ id: 'S32' }],
      where: 'API',
    },
    () => [unlabelled],
  ),
  fault(
    {
      id: 'slice-of-another-proxy',
      says: 'The controller of another proxy leaves an EndpointSlice behind, with an address that no pod has.',
      breaks: [{ id: 'S32' }],
      where: 'API',
    },
    ({ families }) => [strangerAdded(families[0])],
  ),
  fault(
    {
      id: 'slice-forgotten',
      says: 'The proxy of one node has lost one EndpointSlice of a large Service, so a part of its pods gets no traffic from there.',
      breaks: [{ id: 'S30' }],
    },
    (place) => [
      withMany(place, 'slice-forgotten', ({ vip, slices }, draw) => {
        const lost = draw.one(slices)
        const left = slices.filter((each) => each !== lost).flat()
        const map = left.map((each, n) => `${n} : ${each}`).join(', ')
        const to = `dnat ${word(vip)} to numgen random mod ${left.length} map { ${map} }`
        return [
          { hook: BEFORE, rules: ['tcp', 'udp'].map((l4) => `${word(vip)} daddr ${vip} meta l4proto ${l4} ${to}`) },
        ]
      }),
    ],
  ),
  fault(
    {
      id: 'endpoint-of-many',
      says: 'One node drops UDP packets to one endpoint of a hundred. About one request in a hundred is lost there.',
      breaks: [{ id: 'S30' }],
    },
    (place) => [
      withMany(place, 'endpoint-of-many', ({ vip, slices }, draw) => {
        const [ip = '', port = ''] = draw.one(slices.flat()).split(' . ')
        const hook = FORWARD
        return [{ hook, rules: `${word(vip)} daddr ${ip} udp dport ${port} drop` }]
      }),
    ],
  ),
]

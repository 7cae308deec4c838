import { GATEWAY } from '../cluster/outside/gateway.ts'
import { BOTH, type Family, type Fault, type NodeStep, type Place } from './fault.ts'
import { inFamily } from './kit/family.ts'
import { table } from './kit/nft.ts'
import { between, internetOf } from './kit/outside.ts'

const NEEDS = ['gateway', 'masquerade']

/** Rules on the gateway for packets from the chosen node to the internet, for each IP family. */
const onGateway =
  (name: string, hook: string, rule: (f: Family, match: string, place: Place) => string) =>
  (place: Place): NodeStep[] => {
    const families = place.families.filter((f) => internetOf(place, f) !== '')
    const rules = families.map((f) => rule(f, `${f.ip} saddr ${f.node} ${f.ip} daddr ${internetOf(place, f)}`, place))
    return [table(GATEWAY, name, [{ hook, rules }])]
  }

const forOneNode = (
  id: string,
  says: string,
  breaks: Fault['breaks'],
  steps: Fault['steps'],
  also?: Fault['also'],
): Fault => ({
  ...{ id, says, breaks, steps, ...(also && { also }) },
  where: 'one node',
  on: BOTH,
  needs: NEEDS,
})

/** An address beside the gateway's external one that it does not have. */
const wrongExternal = ({ topology }: Place, f: Family): string => {
  const ip = inFamily(topology.outside?.gateway?.external ?? [], f)[0] ?? ''
  return f.version === 6 ? ip.replace(/[^:]*$/, 'fa7') : ip.replace(/\d+$/, '237')
}

const COMMENT = 'flatnet-fault'

export const internetGateway: Fault[] = [
  forOneNode(
    'gateway-without-translation',
    'The internet gateway forwards the packets of one node without its own translation.',
    [{ id: 'E10' }],
    onGateway('gateway-without-translation', 'filter hook prerouting priority -350', (_, match) => `${match} notrack`),
    { ids: ['E11', 'E09'], because: 'hosts on the internet have no route to a node' },
  ),
  forOneNode(
    'gateway-with-a-wrong-address',
    'The internet gateway gives packets of one node an external address that it does not have.',
    [{ id: 'E10' }],
    onGateway(
      'gateway-with-a-wrong-address',
      'nat hook postrouting priority 90',
      (f, match, place) => `${match} snat ${f.ip} to ${wrongExternal(place, f)}`,
    ),
    { ids: ['E11', 'E09'], because: 'the answers go to nobody' },
  ),
  forOneNode(
    'gateway-forgets-the-way-back',
    'The internet gateway drops the answers to one node.',
    [{ id: 'E11' }],
    onGateway(
      'gateway-forgets-the-way-back',
      'filter hook forward priority -10',
      (f) => `ct direction reply ct original ${f.ip} saddr ${f.node} drop`,
    ),
    { ids: ['E09'], because: 'its control gets no answer' },
  ),
  forOneNode(
    'gateway-drops-large-packets',
    'The internet gateway drops large packets of one node and sends no ICMP error: an MTU black hole.',
    [{ id: 'E11', rows: /1 MiB|datagram/ }],
    onGateway(
      'gateway-drops-large-packets',
      'filter hook prerouting priority -310',
      (_, match, place) => `${match} meta length > ${between(place, 700, 1_300)} drop`,
    ),
    { ids: ['E11'], because: 'its conversations have many sizes' },
  ),
  forOneNode(
    'gateway-lets-pods-through',
    'The internet gateway forwards packets that carry a pod’s address.',
    [{ id: 'E09' }],
    (place) => [
      {
        node: GATEWAY,
        in: place.families
          .map((f) => `nft insert rule inet internet-gateway forward ${f.ip} saddr ${f.own} accept comment ${COMMENT}`)
          .join('\n'),
        out: `for handle in $(nft -a list chain inet internet-gateway forward | sed -n 's/.*${COMMENT}.* # handle //p'); do
  nft delete rule inet internet-gateway forward handle "$handle"
done`,
        shows: `nft list chain inet internet-gateway forward | grep -q ${COMMENT}`,
      },
    ],
  ),
]

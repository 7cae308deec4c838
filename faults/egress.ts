import type { Family, Fault, Place } from './fault.ts'
import { inFamily } from './kit/family.ts'
import { table } from './kit/nft.ts'

const NEEDS = ['observer', 'masquerade'] as const

/** Rules for packets from this node's pods to the observer, for each of the observer's IP families. */
const toObserver = (name: string, hook: string, rule: (family: Family, match: string) => string) => (place: Place) => {
  const ips = place.topology.outside?.observer.ips ?? []
  const rules = place.families.flatMap((f) =>
    inFamily(ips, f).map((ip) => rule(f, `${f.ip} saddr ${f.own} ${f.ip} daddr ${ip}`)),
  )
  return [table(place.node.name, name, [{ hook, rules }])]
}

export const egress: Fault[] = [
  {
    id: 'no-way-out',
    says: 'An egress firewall on one node drops the packets of its pods that leave the cluster.',
    breaks: [{ id: 'E01' }, { id: 'E02' }],
    where: 'one node',
    on: ['kind'],
    needs: NEEDS,
    steps: toObserver('no-way-out', 'filter hook forward priority -10', (_, match) => `${match} drop`),
  },
  {
    id: 'masquerade-of-a-neighbour',
    says: 'Packets leave the cluster with the address of another node, for example after an address was moved. The answers go to the wrong node.',
    breaks: [{ id: 'E02' }],
    also: { ids: ['E01'], because: 'its answers go to the wrong node' },
    where: 'one node',
    on: ['kind'],
    needs: NEEDS,
    steps: toObserver(
      'masquerade-of-a-neighbour',
      'nat hook postrouting priority 90',
      ({ ip, neighbour }, match) => `${match} snat ${ip} to ${neighbour}`,
    ),
  },
  {
    id: 'no-masquerade-of-udp',
    says: 'UDP packets leave the cluster with the pod’s own address, and hosts outside have no route back.',
    breaks: [{ id: 'E02', rows: /UDP/ }],
    also: { ids: ['E01'], because: 'its UDP answers have no route back' },
    where: 'one node',
    on: ['kind'],
    needs: NEEDS,
    steps: toObserver(
      'no-masquerade-of-udp',
      'filter hook prerouting priority -350',
      (_, match) => `${match} meta l4proto udp notrack`,
    ),
  },
]

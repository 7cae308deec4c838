import { lasting, toAnyOf } from './changes.ts'
import type { Fault, NodeStep, Place } from './fault.ts'
import { fault, toTarget } from './kit/service.ts'

/** The chain of the reference cluster's proxy that ends UDP flows whose backend is gone. */
const CHAIN = 'inet kube-proxy stale'

/** Takes the rules out of that chain of a node. */
const endsNoFlows = ({ node: { name } }: Place): NodeStep => {
  const saved = '/run/flatnet-stale-chain'
  return {
    node: name,
    in: `nft list chain ${CHAIN} >${saved}-${name}\nnft flush chain ${CHAIN}`,
    out: `[ ! -f ${saved}-${name} ] || { nft flush chain ${CHAIN}; nft -f ${saved}-${name}; rm ${saved}-${name}; }`,
    shows: `! nft list chain ${CHAIN} | grep -q 'goto move'`,
  }
}

/** Faults about UDP clients whose socket stays open while a backend leaves their Service. */
export const udpFlows: Fault[] = [
  fault(
    {
      id: 'udp-flows-never-ended',
      says: 'The proxy of one node may not change conntrack, so UDP flows stay with their first backend for as long as the client sends.',
      breaks: [{ id: 'S29' }],
      // The chain is that of the reference cluster's proxy.
      on: ['reference'],
    },
    (place) => [endsNoFlows(place)],
  ),
  fault(
    {
      id: 'udp-flows-of-deleted-kept',
      says: 'Conntrack of one node keeps the UDP flows of Services without backends, so an open socket is still answered.',
      breaks: [{ id: 'S29', rows: /deleted|endpoints/ }],
      // kube-proxy of kind's Kubernetes keeps them itself, so these rows are skipped there.
      on: ['reference'],
    },
    (place) => [lasting(place, 'udp-flows-of-deleted-kept', 'S29', 'leaving', toAnyOf)],
  ),
  fault(
    {
      id: 'udp-flows-of-left-kept',
      says: 'One node sends an open UDP socket with affinity to its former backend, which serves another Service by now.',
      breaks: [{ id: 'S29', rows: /affinity/ }],
    },
    (place) => [
      lasting(place, 'udp-flows-of-left-kept', 'S29', 'sticky', (ip, ports, [first = '']) =>
        toTarget(ip, first, { ports }),
      ),
    ],
  ),
]

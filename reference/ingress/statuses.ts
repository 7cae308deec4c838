import { isDeepStrictEqual } from 'node:util'
import { gatewayStatuses } from './gateway-status.ts'
import { ownIngresses } from './ingress-rules.ts'
import { name, namespace } from './names.ts'
import type { Ingress, Snapshot } from './snapshot.ts'
import type { Address, StatusWrite } from './status-write.ts'

/** The statuses to write, so that all objects of this controller say its addresses and what it made of them. */
export function missingStatuses(snapshot: Snapshot): StatusWrite[] {
  const addresses = addressesIn(snapshot)
  const own = new Set(ownIngresses(snapshot))
  return [
    ...snapshot.ingresses.flatMap((ingress) => ingressStatus(ingress, own.has(ingress), addresses)),
    ...gatewayStatuses(snapshot, addresses),
  ]
}

/** The addresses of the Service in front of the controller. */
function addressesIn({ services }: Snapshot): Address[] {
  const own = services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
  const given = own?.status?.loadBalancer?.ingress ?? []
  return given.flatMap(({ ip, hostname }): Address[] => (ip ? [{ ip }] : hostname ? [{ hostname }] : []))
}

function ingressStatus({ metadata, status }: Ingress, isOwn: boolean, addresses: readonly Address[]): StatusWrite[] {
  const present = status?.loadBalancer?.ingress ?? []
  const wanted = isOwn ? addresses : []
  // An Ingress of another class keeps the addresses that another controller gave it.
  const isForeign = !isOwn && !isDeepStrictEqual(present, addresses)
  if (isForeign || isDeepStrictEqual(present, wanted)) return []
  const path = `/apis/networking.k8s.io/v1/namespaces/${metadata.namespace}/ingresses/${metadata.name}`
  return [{ path, status: { loadBalancer: { ingress: wanted.length > 0 ? wanted : null } } }]
}

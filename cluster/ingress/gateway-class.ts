import { broken, type Capability, no } from '../../contract/topology.ts'
import { apiProblem, isCode } from '../kube/trouble.ts'
import type { IngressSite } from './find.ts'

/** The group and version of the Gateway API. */
export const GATEWAY_API = { group: 'gateway.networking.k8s.io', version: 'v1' } as const

/** The suite that tests more than one scenario. */
const SUITE = 'https://gateway-api.sigs.k8s.io/concepts/conformance/'

interface GatewayClass {
  metadata: { name: string }
  status?: { conditions?: { type: string; status: string }[] }
}

/** The name of the GatewayClass to test, or why there is none. */
export async function findGatewayClass({
  api,
  facts,
  settings,
}: Pick<IngressSite, 'api' | 'facts' | 'settings'>): Promise<string | Capability> {
  const { gatewayClass: named } = settings
  if (!facts.ingress && named === undefined)
    return no('name a GatewayClass of this cluster with --gateway-class NAME; a Gateway may cost money')
  const own = facts.ingress
  const wanted = named ?? (own && 'ingressClass' in own ? own.gatewayClass : undefined)
  try {
    const { items } = (await api.custom.listClusterCustomObject({ ...GATEWAY_API, plural: 'gatewayclasses' })) as {
      items: GatewayClass[]
    }
    const accepted = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'Accepted' && value === 'True'),
    )
    const found = accepted.find(({ metadata }) => wanted === undefined || metadata.name === wanted)
    if (found) return found.metadata.name
    const because = `no controller has accepted a GatewayClass${wanted === undefined ? '' : ` ${wanted}`}`
    return named === undefined ? no(because) : broken(because)
  } catch (error) {
    if (isCode(error, 404)) return no(`this cluster has no Gateway API; its own conformance suite is at ${SUITE}`)
    return no(
      `GatewayClasses cannot be read: allow list gatewayclasses.${GATEWAY_API.group} (${apiProblem(error)?.message ?? String(error)})`,
    )
  }
}

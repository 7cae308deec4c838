import type { V1Endpoint, V1EndpointSlice, V1Service } from '@kubernetes/client-node'
import type { ServiceNoun } from '../../fixtures/scenario-resources.ts'
import type { Meanwhile } from '../fault.ts'
import { TCP } from './ports.ts'
import { isFor, ofOneScenario } from './service.ts'
import { watching } from './watching.ts'

/** An EndpointSlice of the fault's own for a Service, with one endpoint that is ready, on one port number. */
export const slice = (
  { metadata, spec }: V1Service,
  name: string,
  endpoint: V1Endpoint,
  port: number,
): V1EndpointSlice => ({
  metadata: {
    name,
    labels: {
      ...metadata?.labels,
      'kubernetes.io/service-name': metadata?.name ?? '',
      'endpointslice.kubernetes.io/managed-by': 'flatnet.fault',
    },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: metadata?.name ?? '', uid: metadata?.uid ?? '' }],
  },
  addressType: endpoint.addresses[0]?.includes(':') ? 'IPv6' : 'IPv4',
  endpoints: [{ ...endpoint, conditions: { ready: true, serving: true, terminating: false } }],
  ports: spec?.ports?.map((each) => ({ name: each.name ?? '', protocol: each.protocol ?? 'TCP', port })) ?? [],
})

/**
 * Adds EndpointSlices that mark a scenario's pods as ready for as long as the scenario runs: for its first Service, or for
 * that of a noun, at this port of the pods.
 */
export const stillReady = (scenario: string, noun?: ServiceNoun, target = TCP): Meanwhile => ({
  what: `slices for the pods of ${scenario}`,
  begin: async (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, scenario, async ({ services, pods }) => {
      for (const { metadata, status, spec } of pods) {
        const { name = '', namespace = '', uid = '' } = metadata ?? {}
        const service = services.find((each) => ofOneScenario(each, { metadata }) && (!noun || isFor(noun)(each)))
        const ip = status?.podIP
        if (!ip || !service || done.has(uid)) continue
        done.add(uid)
        const targetRef = { kind: 'Pod', name, namespace, uid }
        const nodeName = spec?.nodeName
        const endpoint = { addresses: [ip], targetRef, ...(nodeName !== undefined && { nodeName }) }
        await stage.api.discovery.createNamespacedEndpointSlice({
          namespace,
          body: slice(service, `${name}-flatnet`, endpoint, target),
        })
        acted()
      }
    })
  },
})

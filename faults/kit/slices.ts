import type { ServiceNoun } from '../../fixtures/scenario-resources.ts'
import type { Meanwhile } from '../fault.ts'
import { TCP } from './ports.ts'
import { isFor, ofOneScenario } from './service.ts'
import { watching } from './watching.ts'

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
        const labels = {
          ...service.metadata?.labels,
          'kubernetes.io/service-name': service.metadata?.name ?? '',
          'endpointslice.kubernetes.io/managed-by': 'flatnet.fault',
        }
        const owner = {
          apiVersion: 'v1',
          kind: 'Service',
          name: service.metadata?.name ?? '',
          uid: service.metadata?.uid ?? '',
        }
        await stage.api.discovery.createNamespacedEndpointSlice({
          namespace,
          body: {
            metadata: { name: `${name}-flatnet`, labels, ownerReferences: [owner] },
            addressType: ip.includes(':') ? 'IPv6' : 'IPv4',
            endpoints: [
              {
                addresses: [ip],
                conditions: { ready: true, serving: true, terminating: false },
                targetRef: { kind: 'Pod', name, namespace, uid },
                ...(spec?.nodeName !== undefined && { nodeName: spec.nodeName }),
              },
            ],
            ports:
              service.spec?.ports?.map(({ name: port, protocol }) => ({
                name: port ?? '',
                protocol: protocol ?? 'TCP',
                port: target,
              })) ?? [],
          },
        })
        acted()
      }
    })
  },
})

import type { V1Container, V1Pod, V1Service, V1ServiceSpec } from '@kubernetes/client-node'

/** The volume with the probe's program. Each container that flatnet plans mounts it. */
export const PROGRAM = 'program'

/** Whether flatnet planned this container. */
const isPlanned = ({ volumeMounts }: V1Container): boolean =>
  volumeMounts?.some(({ name }) => name === PROGRAM) ?? false

/** Whether a container has the rights to redirect the packets of its pod. */
function mayRedirect({ securityContext }: V1Container): boolean {
  const { privileged, capabilities } = securityContext ?? {}
  return privileged === true || (capabilities?.add ?? []).some((each) => /^(CAP_)?(NET_ADMIN|ALL)$/i.test(each))
}

/**
 * The name of a container that a webhook of the cluster has put into a pod of the run and that may redirect its packets, as the one that
 * prepares a mesh's proxy does; undefined if there is none. Others, such as one that ships logs, change no network.
 */
export const injectedInto = ({ spec }: V1Pod): string | undefined =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find((each) => !isPlanned(each) && mayRedirect(each))
    ?.name

/** The termination messages of the init containers of a pod that flatnet planned, with their names. */
export function initReports({ spec, status }: V1Pod): { container: string; message: string }[] {
  const planned = (spec?.initContainers ?? []).filter(isPlanned)
  return (status?.initContainerStatuses ?? []).flatMap(({ name, state }) => {
    const message = state?.terminated?.message
    return message && planned.some((each) => each.name === name) ? [{ container: name, message }] : []
  })
}

/** The fields that say which backends a Service chooses, and their values where a Service names none. */
const CHOICE = {
  sessionAffinity: 'None',
  internalTrafficPolicy: 'Cluster',
  externalTrafficPolicy: 'Cluster',
  trafficDistribution: '',
} as const satisfies Partial<Record<keyof V1ServiceSpec, string>>

/** The annotations that say so too. */
const HINTS = ['service.kubernetes.io/topology-mode', 'service.kubernetes.io/topology-aware-hints']

/**
 * What a policy of the cluster has written into a Service about the choice of its backends when it was admitted, such as
 * "trafficDistribution PreferClose"; undefined if the Service is as `asked`.
 */
export function rewrittenOf({ metadata, spec }: V1Service, asked: V1ServiceSpec): string | undefined {
  for (const [field, plain] of Object.entries(CHOICE) as [keyof typeof CHOICE, string][]) {
    const now = spec?.[field] ?? plain
    if (now !== (asked[field] ?? plain)) return `${field} ${now || 'none'}`
  }
  const hint = HINTS.find((name) => metadata?.annotations?.[name] !== undefined)
  return hint && `annotation ${hint}: ${metadata?.annotations?.[hint]}`
}

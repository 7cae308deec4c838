import type {
  V1Container,
  V1ContainerPort,
  V1HTTPGetAction,
  V1PodSpec,
  V1Probe,
  V1Volume,
} from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'

/** Gives a pod its defaults, on creation and on every update. */
export function defaultPod(pod: KubeObject, before: KubeObject | undefined): void {
  const spec = (pod.spec ?? {}) as V1PodSpec
  pod.spec = spec
  defaultPodSpec(spec)
  spec.serviceAccountName ??= spec.serviceAccount ?? 'default'
  spec.serviceAccount = spec.serviceAccountName
  spec.enableServiceLinks ??= true
  spec.priority ??= 0
  spec.preemptionPolicy ??= 'PreemptLowerPriority'
  spec.tolerations ??= []
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'])
    if (!spec.tolerations.some((toleration) => toleration.key === key && toleration.effect === 'NoExecute'))
      spec.tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })
  if (!before) pod.status = { phase: 'Pending', qosClass: qualityOf(spec) }
}

/** Gives a pod's spec the defaults that it has in a template too. */
export function defaultPodSpec(spec: V1PodSpec): void {
  spec.restartPolicy ??= 'Always'
  spec.terminationGracePeriodSeconds ??= 30
  spec.dnsPolicy ??= 'ClusterFirst'
  spec.securityContext ??= {}
  spec.schedulerName ??= 'default-scheduler'
  for (const container of containersOf(spec)) defaultContainer(container, spec.hostNetwork ?? false)
  for (const volume of spec.volumes ?? []) defaultVolume(volume)
}

/** All containers of a pod, the init containers first. */
export const containersOf = (spec: V1PodSpec): V1Container[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
]

function defaultContainer(container: V1Container, hostNetwork: boolean): void {
  container.imagePullPolicy ??= pullPolicy(container.image ?? '')
  container.terminationMessagePath ??= '/dev/termination-log'
  container.terminationMessagePolicy ??= 'File'
  container.resources ??= {}
  if (container.resources.limits)
    container.resources.requests = { ...container.resources.limits, ...container.resources.requests }
  for (const port of container.ports ?? []) defaultPort(port, hostNetwork)
  for (const { valueFrom } of container.env ?? []) if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ??= 'v1'
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe])
    if (probe) defaultProbe(probe)
}

function pullPolicy(image: string): string {
  const tag = /:([^/:@]+)(@.*)?$/.exec(image)?.[1]
  return image.includes('@') || (tag && tag !== 'latest') ? 'IfNotPresent' : 'Always'
}

function defaultPort(port: V1ContainerPort, hostNetwork: boolean): void {
  port.protocol ??= 'TCP'
  if (hostNetwork) port.hostPort ??= port.containerPort
}

function defaultProbe(probe: V1Probe): void {
  probe.timeoutSeconds ??= 1
  probe.periodSeconds ??= 10
  probe.successThreshold ??= 1
  probe.failureThreshold ??= 3
  if (probe.httpGet) defaultHttp(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
}

function defaultHttp(get: V1HTTPGetAction): void {
  get.path ??= '/'
  get.scheme ??= 'HTTP'
}

function defaultVolume(volume: V1Volume): void {
  for (const source of [volume.configMap, volume.secret, volume.projected, volume.downwardAPI])
    if (source) source.defaultMode ??= 0o644
  if (Object.keys(volume).every((field) => field === 'name')) volume.emptyDir = {}
}

function qualityOf(spec: V1PodSpec): string {
  const all = containersOf(spec).map(({ resources }) => resources ?? {})
  const counted = ['cpu', 'memory']
  if (!all.some(({ limits, requests }) => counted.some((name) => limits?.[name] ?? requests?.[name])))
    return 'BestEffort'
  const exact = all.every(({ limits, requests }) =>
    counted.every((name) => limits?.[name] && limits[name] === requests?.[name]),
  )
  return exact ? 'Guaranteed' : 'Burstable'
}

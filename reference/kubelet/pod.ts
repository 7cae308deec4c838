import type { KubeObject, ObjectMeta } from '../contract.ts'

/** What this kubelet reads of a pod; what is not here, it passes over. */
export interface Pod {
  metadata: ObjectMeta
  spec: PodSpec
  status?: PodStatus
}

export interface PodSpec {
  nodeName?: string
  nodeSelector?: Record<string, string>
  affinity?: { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeTerm[] } } }
  tolerations?: { key?: string; operator?: string; value?: string; effect?: string }[]
  topologySpreadConstraints?: { topologyKey: string; labelSelector?: { matchLabels?: Record<string, string> } }[]
  hostNetwork?: boolean
  hostname?: string
  subdomain?: string
  hostAliases?: { ip: string; hostnames?: string[] }[]
  dnsPolicy?: string
  dnsConfig?: { nameservers?: string[]; searches?: string[]; options?: { name: string; value?: string }[] }
  restartPolicy?: RestartPolicy
  serviceAccountName?: string
  terminationGracePeriodSeconds?: number
  volumes?: Volume[]
  initContainers?: Container[]
  containers: Container[]
}

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never'

export interface NodeTerm {
  matchExpressions?: Requirement[]
  matchFields?: Requirement[]
}

export interface Requirement {
  key: string
  operator: string
  values?: string[]
}

export interface Container {
  name: string
  image: string
  command?: string[]
  args?: string[]
  workingDir?: string
  env?: EnvVar[]
  envFrom?: { prefix?: string; configMapRef?: Reference; secretRef?: Reference }[]
  ports?: { containerPort: number; hostPort?: number; hostIP?: string; protocol?: string; name?: string }[]
  volumeMounts?: { name: string; mountPath: string; subPath?: string; readOnly?: boolean }[]
  readinessProbe?: Probe
  livenessProbe?: Probe
  startupProbe?: Probe
  lifecycle?: { postStart?: Hook; preStop?: Hook }
  restartPolicy?: 'Always'
  terminationMessagePath?: string
  terminationMessagePolicy?: string
  securityContext?: {
    privileged?: boolean
    readOnlyRootFilesystem?: boolean
    capabilities?: { add?: string[]; drop?: string[] }
  }
}

export interface Reference {
  name: string
  optional?: boolean
}

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    fieldRef?: { fieldPath: string }
    configMapKeyRef?: Reference & { key: string }
    secretKeyRef?: Reference & { key: string }
  }
}

export interface Hook {
  exec?: { command: string[] }
  sleep?: { seconds: number }
}

export interface Probe {
  httpGet?: {
    path?: string
    port: number | string
    host?: string
    scheme?: string
    httpHeaders?: { name: string; value: string }[]
  }
  tcpSocket?: { port: number | string; host?: string }
  grpc?: { port: number; service?: string }
  exec?: { command: string[] }
  initialDelaySeconds?: number
  periodSeconds?: number
  timeoutSeconds?: number
  successThreshold?: number
  failureThreshold?: number
  terminationGracePeriodSeconds?: number
}

export interface KeyItems {
  items?: { key: string; path: string }[]
  optional?: boolean
}

export interface VolumeSource {
  configMap?: KeyItems & { name: string }
  secret?: KeyItems & { secretName?: string; name?: string }
  downwardAPI?: { items?: { path: string; fieldRef?: { fieldPath: string } }[] }
}

export interface Volume extends VolumeSource {
  name: string
  emptyDir?: object
  projected?: { sources?: VolumeSource[] }
}

export interface ContainerState {
  waiting?: { reason: string; message?: string }
  running?: { startedAt: string }
  terminated?: {
    exitCode: number
    reason: string
    message?: string
    startedAt: string
    finishedAt: string
    containerID: string
  }
}

export interface ContainerStatus {
  name: string
  image: string
  imageID: string
  containerID?: string
  state: ContainerState
  lastState: ContainerState
  ready: boolean
  started: boolean
  restartCount: number
}

export interface Condition {
  type: string
  status: 'True' | 'False'
  reason?: string
  message?: string
  lastProbeTime?: null
  lastTransitionTime?: string
  observedGeneration?: number
}

export interface PodStatus {
  phase?: string
  conditions?: Condition[]
  hostIP?: string
  hostIPs?: { ip: string }[]
  podIP?: string
  podIPs?: { ip: string }[]
  startTime?: string
  qosClass?: string
  observedGeneration?: number
  initContainerStatuses?: ContainerStatus[]
  containerStatuses?: ContainerStatus[]
}

/** Reads an object of the store as the pod that its kind says it is. */
export function asPod(object: KubeObject): Pod {
  return object as unknown as Pod
}

/** Now, as the API writes moments. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}

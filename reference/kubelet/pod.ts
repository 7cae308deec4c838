import type {
  V1Container,
  V1EnvVar,
  V1NodeSelectorRequirement,
  V1NodeSelectorTerm,
  V1PodSpec,
  V1Probe,
  V1Volume,
} from '@kubernetes/client-node'
import type { KubeObject, ObjectMeta } from '../contract.ts'

/** A pod as the store keeps it: times are text. */
export interface Pod {
  metadata: ObjectMeta
  spec: PodSpec
  status?: PodStatus
}

export type PodSpec = V1PodSpec
export type Container = V1Container
export type EnvVar = V1EnvVar
export type Probe = V1Probe
export type Volume = V1Volume
export type NodeTerm = V1NodeSelectorTerm
export type Requirement = V1NodeSelectorRequirement
export type RestartPolicy = 'Always' | 'OnFailure' | 'Never'

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

/** An object of kind Pod, typed. */
export function asPod(object: KubeObject): Pod {
  return object as unknown as Pod
}

import { timestamp } from '../timestamp.ts'
import type { ContainerRunner } from './container.ts'
import type { Condition, ContainerStatus, Pod, PodStatus } from './pod.ts'

/** What the node knows of a pod. */
export interface PodState {
  readonly runners: readonly ContainerRunner[]
  readonly hostAddresses: readonly string[]
  readonly addresses: readonly string[]
  /** Whether the pod's network exists. */
  readonly hasSandbox: boolean
  readonly startTime: string
}

/** The status of a pod: its phase, its conditions, its addresses and the status of its containers. */
export function podStatus(pod: Pod, state: PodState): PodStatus {
  const { runners, hostAddresses, addresses, startTime } = state
  const phase = phaseOf(pod, runners)
  const generation = pod.metadata.generation
  const [hostIP = ''] = hostAddresses
  const statuses = (init: boolean) =>
    runners.filter(({ kind }) => (kind !== 'app') === init).map(({ status }) => status)
  return {
    ...pod.status,
    ...(generation !== undefined && { observedGeneration: generation }),
    phase,
    conditions: conditions(pod, state, phase),
    hostIP,
    hostIPs: hostAddresses.map((ip) => ({ ip })),
    startTime,
    ...(addresses[0] && { podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) }),
    ...(pod.spec.initContainers?.length && { initContainerStatuses: statuses(true) }),
    // A real kubelet sorts these by name, and the status of init containers by their order in the spec.
    containerStatuses: statuses(false).sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** Whether a pod is Ready. */
export const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false

/** Whether a pod has ended: none of its containers will run again. */
export function isFinal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

function phaseOf({ spec, metadata }: Pod, runners: readonly ContainerRunner[]): string {
  const { restartPolicy = 'Always' } = spec
  const apps = runners.filter(({ kind }) => kind === 'app').map(({ status }) => status)
  const failedInit = runners.some(
    ({ kind, status }) => kind === 'init' && (status.state.terminated?.exitCode ?? 0) !== 0,
  )
  if (failedInit && (restartPolicy === 'Never' || metadata.deletionTimestamp)) return 'Failed'
  const ended = apps.every(({ state }) => state.terminated)
  const succeeded = apps.every(({ state }) => state.terminated?.exitCode === 0)
  const final = restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && succeeded) || metadata.deletionTimestamp
  if (ended && final) return succeeded ? 'Succeeded' : 'Failed'
  // One container that has never started keeps the pod pending, whatever the others do.
  return apps.every(({ state, lastState }) => state.running || state.terminated || lastState.terminated)
    ? 'Running'
    : 'Pending'
}

function conditions(pod: Pod, { runners, hasSandbox }: PodState, phase: string): Condition[] {
  const uninitialized = runners.filter(({ kind, status }) =>
    kind === 'init' ? !status.ready : kind === 'sidecar' && !status.started,
  )
  const unready = runners.filter(({ kind, status }) => kind !== 'init' && !status.ready)
  const ready = isFinal(phase)
    ? no(phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed')
    : unready.length > 0
      ? no('ContainersNotReady', `containers with unready status: [${names(unready)}]`)
      : yes
  const before = pod.status?.conditions ?? []
  const met = (type: string) => before.some((condition) => condition.type === type && condition.status === 'True')
  const gate = pod.spec.readinessGates?.find(({ conditionType }) => !met(conditionType))?.conditionType
  const states = {
    PodReadyToStartContainers: hasSandbox ? yes : no(),
    Initialized:
      uninitialized.length > 0 && !isFinal(phase) && !hasRun(runners)
        ? no('ContainersNotInitialized', `containers with incomplete status: [${names(uninitialized)}]`)
        : phase === 'Succeeded'
          ? { ...yes, reason: 'PodCompleted' }
          : yes,
    Ready: ready === yes && gate ? no('ReadinessGatesNotReady', gateMessage(gate, before)) : ready,
    ContainersReady: ready,
    PodScheduled: yes,
  }
  const own = Object.entries(states).map(([type, state]): Condition => {
    const old = before.find((condition) => condition.type === type)
    const lastTransitionTime = (old?.status === state.status && old.lastTransitionTime) || timestamp()
    const generation = pod.metadata.generation
    return {
      type,
      ...state,
      lastProbeTime: null,
      lastTransitionTime,
      ...(generation && { observedGeneration: generation }),
    }
  })
  return [...own, ...before.filter(({ type }) => !(type in states))]
}

const yes: Pick<Condition, 'status' | 'reason' | 'message'> = { status: 'True' }

function no(reason?: string, message?: string): typeof yes {
  return { status: 'False', ...(reason && { reason }), ...(message && { message }) }
}

function gateMessage(gate: string, before: readonly Condition[]): string {
  const found = before.find(({ type }) => type === gate)
  return found
    ? `the status of pod readiness gate ${JSON.stringify(gate)} is not "True", but ${found.status}`
    : `corresponding condition of pod readiness gate ${JSON.stringify(gate)} does not exist.`
}

function names(runners: readonly ContainerRunner[]): string {
  return runners.map(({ container }) => container.name).join(' ')
}

function hasRun(runners: readonly ContainerRunner[]): boolean {
  const started = ({ state, lastState }: ContainerStatus) => state.running ?? state.terminated ?? lastState.terminated
  return runners.some(({ kind, status }) => kind === 'app' && started(status))
}

import { execFor, type RunningContainer } from './exec.ts'
import { pause } from './pause.ts'
import type { Container, Probe } from './pod.ts'
import type { Prober } from './prober.ts'

/** A running container that is probed, and the actions that its probes cause. */
export interface Probed {
  readonly container: Container
  readonly address: string
  readonly running: RunningContainer
  readonly prober: Prober
  readonly unhealthy: (kind: string, message: string) => void
  readonly setStarted: (started: boolean) => void
  readonly setReady: (ready: boolean) => void
  readonly kill: (kind: string, probe: Probe) => void
}

/** The signals that end probing: for readiness, and for startup and liveness. */
export interface Until {
  readonly readiness: AbortSignal
  readonly health: AbortSignal
}

/** Probes a running container: startup first, then readiness and liveness at the same time. */
export async function probeContainer(probed: Probed, { readiness, health }: Until): Promise<void> {
  const { startupProbe, readinessProbe, livenessProbe } = probed.container
  if (startupProbe) {
    const passed = new AbortController()
    const decide = (success: boolean) => {
      if (success) passed.abort()
      else probed.kill('startup', startupProbe)
    }
    const signal = AbortSignal.any([health, passed.signal])
    await repeat(probed, { kind: 'Startup', probe: startupProbe, signal, decide })
    if (health.aborted) return
  }
  probed.setStarted(true)
  if (!readinessProbe) probed.setReady(true)
  const killUnlessLive = (success: boolean) => {
    if (!success && livenessProbe) probed.kill('liveness', livenessProbe)
  }
  await Promise.all([
    readinessProbe &&
      repeat(probed, { kind: 'Readiness', probe: readinessProbe, signal: readiness, decide: probed.setReady }),
    livenessProbe && repeat(probed, { kind: 'Liveness', probe: livenessProbe, signal: health, decide: killUnlessLive }),
  ])
}

/** One probe of a container, repeated until a signal ends it. */
interface Repetition {
  readonly kind: 'Startup' | 'Readiness' | 'Liveness'
  readonly probe: Probe
  readonly signal: AbortSignal
  /** Called whenever a threshold is reached. */
  readonly decide: (success: boolean) => void
}

async function repeat(probed: Probed, { kind, probe, signal, decide }: Repetition): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe
  const period = periodSeconds * 1000
  await pause((initialDelaySeconds || (kind === 'Liveness' ? 1 : 0)) * 1000, signal)
  let streak = { success: false, length: 0 }
  // A program needs a moment until it listens. Until its first success a probe is repeated earlier than after its
  // period, and such an early failure does not count.
  let eager = kind === 'Liveness' ? Number.POSITIVE_INFINITY : 100
  let nextJudgement = Date.now() + Math.min(1000, period)
  while (!signal.aborted) {
    const { success, message } = await attempt(probed, probe)
    if (signal.aborted) return
    if (success || Date.now() >= nextJudgement || eager >= period) {
      if (!success) probed.unhealthy(kind, message)
      streak = { success, length: streak.success === success ? streak.length + 1 : 1 }
      if (streak.length >= (success ? successThreshold : failureThreshold)) decide(success)
      nextJudgement = Date.now() + period
    }
    if (success) eager = Number.POSITIVE_INFINITY
    await pause(Math.min(eager, Math.max(0, nextJudgement - Date.now())), signal)
    eager *= 2
  }
}

async function attempt(probed: Probed, probe: Probe): Promise<{ success: boolean; message: string }> {
  const milliseconds = (probe.timeoutSeconds ?? 1) * 1000
  if (probe.exec) return attemptExec(probed.running, probe.exec.command ?? [], milliseconds)
  const action = probe.httpGet ?? probe.tcpSocket ?? probe.grpc
  if (!action) return { success: true, message: '' }
  const message = await probed.prober.probe({
    host: ('host' in action && action.host) || probed.address,
    port: portNumber(probed.container, action.port),
    milliseconds,
    ...(probe.httpGet && { http: probe.httpGet }),
    ...(probe.grpc && { grpc: probe.grpc.service ?? '' }),
  })
  return { success: message === undefined, message: message ?? '' }
}

async function attemptExec(running: RunningContainer, command: readonly string[], milliseconds: number) {
  const { code, output, timedOut } = await execFor(running, command, milliseconds)
  if (!timedOut) return { success: code === 0, message: output }
  const line = JSON.stringify(command.join(' '))
  return { success: false, message: `command timed out: ${line} timed out after ${milliseconds / 1000}s` }
}

function portNumber({ ports = [] }: Container, port: number | string): number {
  return Number(ports.find(({ name }) => name === port)?.containerPort ?? port)
}

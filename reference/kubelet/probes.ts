import { setTimeout as sleep } from 'node:timers/promises'
import { execFor, type Place } from './exec.ts'
import type { Container, Probe } from './pod.ts'
import type { Prober } from './prober.ts'

/** What a container's probes act on. */
export interface Probed {
  readonly container: Container
  readonly address: string
  readonly place: Place
  readonly prober: Prober
  readonly unhealthy: (kind: string, message: string) => void
  readonly setStarted: (started: boolean) => void
  readonly setReady: (ready: boolean) => void
  readonly kill: (kind: string, probe: Probe) => void
}

/** Until when a container is probed: for its readiness (`all`), and for its start and its life. */
export interface Until {
  readonly all: AbortSignal
  readonly health: AbortSignal
}

/** Probes a running container: startup first, then readiness and liveness side by side. */
export async function probeContainer(probed: Probed, { all, health }: Until): Promise<void> {
  const { startupProbe, readinessProbe, livenessProbe } = probed.container
  if (startupProbe) {
    const passed = new AbortController()
    await repeat(probed, 'Startup', startupProbe, AbortSignal.any([health, passed.signal]), (success) => {
      if (success) passed.abort()
      else probed.kill('startup', startupProbe)
    })
    if (health.aborted) return
  }
  probed.setStarted(true)
  if (!readinessProbe) probed.setReady(true)
  await Promise.all([
    readinessProbe && repeat(probed, 'Readiness', readinessProbe, all, probed.setReady),
    livenessProbe &&
      repeat(probed, 'Liveness', livenessProbe, health, (success) => {
        if (!success) probed.kill('liveness', livenessProbe)
      }),
  ])
}

/** Calls back whenever a threshold is reached. */
async function repeat(
  probed: Probed,
  kind: string,
  probe: Probe,
  signal: AbortSignal,
  decide: (success: boolean) => void,
): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => {})
  await pause((initialDelaySeconds || (kind === 'Liveness' ? 1 : 0)) * 1000)
  let streak = { success: false, length: 0 }
  // A program takes a moment to listen. Until it first answers, it is asked more often than it would be judged.
  let eager = kind === 'Liveness' ? Number.POSITIVE_INFINITY : 100
  let nextJudgement = Date.now() + Math.min(1, periodSeconds) * 1000
  while (!signal.aborted) {
    const { success, message } = await attempt(probed, probe)
    if (signal.aborted) return
    if (success || Date.now() >= nextJudgement || eager >= periodSeconds * 1000) {
      if (!success) probed.unhealthy(kind, message)
      streak = { success, length: streak.success === success ? streak.length + 1 : 1 }
      if (streak.length >= (success ? successThreshold : failureThreshold)) decide(success)
      nextJudgement = Date.now() + periodSeconds * 1000
    }
    if (success) eager = Number.POSITIVE_INFINITY
    await pause(Math.min(eager, Math.max(0, nextJudgement - Date.now())))
    eager *= 2
  }
}

async function attempt(probed: Probed, probe: Probe): Promise<{ success: boolean; message: string }> {
  const milliseconds = (probe.timeoutSeconds ?? 1) * 1000
  if (probe.exec) {
    const { command = [] } = probe.exec
    const { code, output, timedOut } = await execFor(probed.place, command, milliseconds)
    if (timedOut)
      return {
        success: false,
        message: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${milliseconds / 1000}s`,
      }
    return { success: code === 0, message: output }
  }
  const action = probe.httpGet ?? probe.tcpSocket ?? probe.grpc
  if (!action) return { success: true, message: '' }
  const host = ('host' in action && action.host) || probed.address
  const message = await probed.prober.probe({
    ...{ host, port: portNumber(probed.container, action.port), milliseconds },
    ...(probe.httpGet && { http: probe.httpGet }),
    ...(probe.grpc && { grpc: probe.grpc.service ?? '' }),
  })
  return { success: message === undefined, message: message ?? '' }
}

function portNumber({ ports = [] }: Container, port: number | string): number {
  return Number(ports.find(({ name }) => name === port)?.containerPort ?? port)
}

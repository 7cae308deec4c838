import { setTimeout as delay } from 'node:timers/promises'
import { borrow } from '../cluster/streams/probe-client.ts'
import { longWaits } from '../contract/long-waits.ts'
import type { Topology } from '../contract/topology.ts'

/** The time between two looks at the probes, in milliseconds. */
const EVERY_MS = 2_000
const ANSWER_MS = 5_000
/** The scenarios at the same time, to begin with and at least, unless `settings.parallel` is less. */
const FIRST = 6
const LEAST = 4
/** The shares of the time without CPU below which one scenario more is started, and above which one less. */
const ROOM = 0.6
const CROWDED = 0.75

/** The share below which probes hardly wait. */
const IDLE = 0.4
/** How many turns long waits may leave to other scenarios, in multiples of `settings.parallel`. */
export const TURNS_LEFT = 2

/** The number of scenarios at the same time with which a run begins. */
export const firstOf = (parallel: number): number => Math.min(parallel, FIRST)

/**
 * The number of scenarios at the same time that follows `now`. Where the probes wait for the CPU most of the time, one scenario more only
 * makes all of them slower, until what they wait for comes too late for a verdict. Where they hardly wait, there is room.
 * @param starved the share of the time in which probes had no CPU, from 0 to 1.
 */
export function nextOf(now: number, starved: number, parallel: number): number {
  if (starved < ROOM) return Math.min(parallel, now + 1)
  if (starved > CROWDED) return Math.max(Math.min(parallel, LEAST), now - 1)
  return now
}

/**
 * The scenarios that may run besides these. A long wait (contract/long-waits.ts) needs hardly any CPU, so it leaves its turn to
 * another scenario while the probes hardly wait.
 */
export const moreFor = (waits: number, starved: number, parallel: number): number =>
  starved < IDLE ? Math.min(waits, TURNS_LEFT * parallel) : 0

/** Adapts the number of scenarios at the same time to the CPU that the probes get, until the signal. Without probes it stays as it is. */
export async function govern(
  topology: Topology,
  limit: { concurrency: number },
  signal: AbortSignal,
  everyMs = EVERY_MS,
): Promise<void> {
  const { run, pods = [], settings } = topology
  const probes = pods.flatMap(({ role, containers: [probe] }) => (role === 'client' && probe ? [probe] : []))
  if (probes.length === 0) return
  let active = limit.concurrency
  for (;;) {
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
    const streams = borrow(run)?.streams
    if (signal.aborted || !streams) return
    const asked = probes.map((probe) => streams.ask(probe, 'starved', { ms: everyMs }, ANSWER_MS))
    const told = (await Promise.allSettled(asked)).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    if (told.length === 0) continue
    const starved = told.reduce((sum, ms) => sum + ms, 0) / told.length / everyMs
    active = nextOf(active, starved, settings.parallel)
    limit.concurrency = active + moreFor(longWaits(), starved, settings.parallel)
  }
}

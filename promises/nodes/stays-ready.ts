import type { V1Pod } from '@kubernetes/client-node'
import { keepWatching } from '../../cluster/kube/watch.ts'
import { podCollection } from '../../cluster/pods/ready.ts'
import type { Workbench } from '../../cluster/workbench.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import { ROLE, runSelector } from '../../contract/labels.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import { eventually } from '../../contract/waiting.ts'

/**
 * The kubelet probes to wait for, one per second. If every second one is lost by chance, all of these arrive once in
 * some thousand cases.
 */
const PROBES = 12
/** One that is lost takes as long as its time-out, and the next one follows a second later. */
const WATCH_MS = 2_000 * PROBES
/** A container that stopped being ready this many times broke the promise. Once is no verdict: a busy machine answers late. */
const FLAPS = 2

/** The time-out of a kubelet probe, and how much of it a container must have lost to miss one. */
const PROBE_MS = 1_000
const STARVED_MS = 500

/** A container that was ready: how many times it stopped being ready, while so many kubelet probes arrived. */
export interface Stayed {
  container: ProbeRef
  flaps: number
  arrived: number
  /** The milliseconds in which the container had no CPU, in the worst second of this time, if it stopped being ready. */
  starved: number
}

/** Watches ready containers until each has got several kubelet probes, one has broken the promise, or the time is over. */
export async function watchReadiness(
  bench: Workbench,
  containers: readonly ProbeRef[],
  count: (container: ProbeRef) => Promise<number>,
): Promise<Stayed[]> {
  const { run } = bench.topology
  const started = performance.now()
  const api = await bench.api()
  const found = await Promise.all(
    containers.map(async (container) => ({ container, flaps: 0, before: await count(container), now: 0, was: false })),
  )
  const see = (pods: V1Pod[]) => {
    for (const each of found) {
      const pod = pods.find(({ metadata }) => metadata?.uid === each.container.uid)
      const ready = pod?.status?.containerStatuses?.find(({ name }) => name === each.container.container)?.ready
      if (each.was && ready === false) each.flaps += 1
      each.was = ready ?? each.was
    }
  }
  const namespace = containers[0]?.namespace ?? bench.topology.namespaces.main
  const watching = keepWatching(api, podCollection(api, namespace, `${runSelector(run)},${ROLE}=probed`), see)
  await watching.begun
  await eventually(WATCH_MS, async () => {
    await Promise.all(
      found.map(async (each) => {
        each.now = await count(each.container)
      }),
    )
    return (
      found.some(({ flaps }) => flaps >= FLAPS) || found.every(({ now, before }) => now - before >= PROBES) || undefined
    )
  })
  await watching.stop()
  return Promise.all(
    found.map(async ({ container, flaps, before, now }) => {
      const ms = performance.now() - started
      const starved = flaps > 0 ? await bench.ask(container, 'starved', { ms, within: PROBE_MS }) : 0
      return { container, flaps, arrived: now - before, starved }
    }),
  )
}

/** No container stopped being ready. @throws Trouble if one did once, or if it had no CPU. */
export function claimStaysReady(all: readonly Stayed[], kind: string): void {
  const bad = all.filter(({ flaps }) => flaps > 0).toSorted((a, b) => b.flaps - a.flaps)
  const [worst] = bad
  if (!worst) return
  const { container, flaps, arrived, starved } = worst
  const actual = `container ${container.container} of pod ${container.pod} on ${container.node} stopped being ready ${flaps === 1 ? 'once' : `${flaps} times`} while ${arrived} ${kind} probes of its kubelet arrived, although it serves`
  if (starved > STARVED_MS)
    throw new Trouble(
      `${actual}. It had no CPU for ${Math.round(starved)} ms of a second, so this row is inconclusive.`,
    )
  if (flaps < FLAPS) throw new Trouble(`${actual}. A single late answer explains this, so this row is inconclusive.`)
  throw new NonConformance({
    expected: `the container stays ready by the kubelet’s ${kind} probe`,
    actual,
    where: `The kubelet does not always reach a pod of its own node on ${[...new Set(bad.map((each) => each.container.node))].join(', ')}.`,
  })
}

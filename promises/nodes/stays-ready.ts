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
/** How long after a kubelet probe was missed the pod's status may say so. */
const STATUS_MS = 5_000

/** A container that was ready: how many times it stopped being ready, and how many kubelet probes arrived. */
export interface Stayed {
  container: ProbeRef
  /** The times that a lack of CPU does not explain. */
  flaps: number
  /** The times that it explains. */
  excused: number
  /** The kubelet probes since the last of the excused times, or since the beginning. */
  arrived: number
  /** The milliseconds in which the container had no CPU, in the worst second before an excused time. */
  starved: number
}

/**
 * Watches ready containers until each has got several kubelet probes, one has broken the promise, or the time is over. A time that a lack
 * of CPU explains shows nothing, so the count of the probes begins again, and there is twice the time.
 */
export async function watchReadiness(
  bench: Workbench,
  containers: readonly ProbeRef[],
  count: (container: ProbeRef) => Promise<number>,
): Promise<Stayed[]> {
  const { run } = bench.topology
  const started = performance.now()
  const api = await bench.api()
  const found = await Promise.all(
    containers.map(async (container) => ({
      ...{ container, before: await count(container), now: 0, was: false },
      ...{ fresh: 0, flaps: 0, excused: 0, starved: 0 },
    })),
  )
  const see = (pods: V1Pod[]) => {
    for (const each of found) {
      const pod = pods.find(({ metadata }) => metadata?.uid === each.container.uid)
      const ready = pod?.status?.containerStatuses?.find(({ name }) => name === each.container.container)?.ready
      if (each.was && ready === false) each.fresh += 1
      each.was = ready ?? each.was
    }
  }
  const look = async (each: (typeof found)[number]) => {
    const { container } = each
    each.now = await count(container)
    const { fresh } = each
    if (fresh === 0) return
    const ms = await bench.ask(container, 'starved', { ms: STATUS_MS, within: PROBE_MS })
    each.fresh -= fresh
    if (ms <= STARVED_MS) each.flaps += fresh
    else Object.assign(each, { excused: each.excused + fresh, starved: Math.max(each.starved, ms), before: each.now })
  }
  const namespace = containers[0]?.namespace ?? bench.topology.namespaces.main
  const watching = keepWatching(api, podCollection(api, namespace, `${runSelector(run)},${ROLE}=probed`), see)
  try {
    await watching.begun
    await eventually(
      2 * WATCH_MS,
      async () => {
        await Promise.all(found.map(look))
        return found.some(({ flaps }) => flaps >= FLAPS) || found.every(hasArrived) || undefined
      },
      () => performance.now() - started > WATCH_MS && found.every(({ excused }) => excused === 0),
    )
  } finally {
    await watching.stop()
  }
  return found.map(({ container, flaps, excused, before, now, starved }) => ({
    ...{ container, flaps, excused, arrived: now - before, starved },
  }))
}

const hasArrived = ({ before, now }: { before: number; now: number }) => now - before >= PROBES

/** No container stopped being ready. @throws Trouble if one did once, or if it had no CPU. */
export function claimStaysReady(all: readonly Stayed[], kind: string): void {
  const bad = all.filter(({ flaps }) => flaps > 0).toSorted((a, b) => b.flaps - a.flaps)
  const [worst] = bad
  if (!worst) {
    claimNotStarved(all, kind)
    return
  }
  const actual = toldOf(worst, worst.flaps, kind)
  if (worst.flaps < FLAPS)
    throw new Trouble(`${actual}. A single late answer explains this, so this row is inconclusive.`)
  throw new NonConformance({
    expected: `the container stays ready by the kubelet’s ${kind} probe`,
    actual,
    where: `The kubelet does not always reach a pod of its own node on ${[...new Set(bad.map((each) => each.container.node))].join(', ')}.`,
  })
}

/** After the last time that a lack of CPU explains, enough kubelet probes arrived. @throws Trouble if they did not. */
function claimNotStarved(all: readonly Stayed[], kind: string): void {
  const short = all.find(({ excused, arrived }) => excused > 0 && arrived < PROBES)
  if (short)
    throw new Trouble(
      `${toldOf(short, short.excused, kind)}. It had no CPU for ${Math.round(short.starved)} ms of a second, so this row is inconclusive.`,
    )
}

const toldOf = ({ container, arrived }: Stayed, times: number, kind: string): string =>
  `container ${container.container} of pod ${container.pod} on ${container.node} stopped being ready ${times === 1 ? 'once' : `${times} times`} while ${arrived} ${kind} probes of its kubelet arrived, although it serves`

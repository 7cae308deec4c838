import { createServer, type Server } from 'node:http'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { UsageError } from '../contract/errors.ts'
import { type Mishap, WATCH_BUCKETS } from '../probe/watch/types.ts'
import { outcomeOf } from './directions.ts'
import type { Path, WatchRecord } from './record.ts'
import type { Span } from './spans.ts'

const S = 1_000
/** A probe that was not heard for so long does not count as up. */
const SILENT_MS = 10_000
/** The bounds of the classes of dark times, in seconds. */
const DARK_BUCKETS = [0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900]

/** The target of a path, in a word. The number of series grows with the number of nodes, so a pod’s node is no label. */
const targetOf = ({ target }: Path): string => (typeof target === 'object' ? 'pod' : target)
const labelsOf = (path: Path) => ({ node: path.from, kind: path.kind, target: targetOf(path) })

/** What a watch counts, as Prometheus reads it. */
export class WatchMetrics {
  readonly registry = new Registry()
  readonly #mishaps: Counter
  readonly #dark: Histogram

  /** `recordOf` gives the record of the watch, once there is one. */
  constructor(recordOf: () => WatchRecord | undefined) {
    const of = { labelNames: ['node', 'kind', 'target'], registers: [this.registry] }
    const paths = () => recordOf()?.paths ?? []
    const gathered = (name: string, help: string, value: (path: Path) => number) =>
      new Counter({
        ...{ ...of, name, help },
        collect() {
          this.reset()
          for (const path of paths()) this.inc(labelsOf(path), value(path))
        },
      })
    gathered('flatnet_watch_conversations_total', 'Conversations that probes have begun.', ({ asked }) => asked)
    gathered('flatnet_watch_answers_total', 'Conversations that were answered.', ({ answered }) => answered)
    this.#mishaps = new Counter({
      ...{ ...of, name: 'flatnet_watch_mishaps_total', help: 'Conversations that went wrong, by what became of them.' },
      labelNames: [...of.labelNames, 'outcome'],
    })
    const help = 'Times in which a path gave no answer.'
    this.#dark = new Histogram({ ...of, name: 'flatnet_watch_dark_seconds', help, buckets: DARK_BUCKETS })
    const ofNode = { labelNames: ['node'], registers: [this.registry] }
    new Gauge({
      ...{ ...ofNode, name: 'flatnet_watch_dark_paths', help: 'Paths of a node that give no answer now.' },
      collect() {
        this.reset()
        for (const node of recordOf()?.nodes.keys() ?? []) this.set({ node }, 0)
        for (const { from: node } of recordOf()?.darkNow() ?? []) this.inc({ node })
      },
    })
    new Gauge({
      ...{ ...ofNode, name: 'flatnet_watch_probe_up', help: 'Whether the probe of a node was heard a moment ago.' },
      collect() {
        this.reset()
        for (const [node, { heardUntil }] of recordOf()?.nodes ?? [])
          this.set({ node }, performance.now() - heardUntil < SILENT_MS ? 1 : 0)
      },
    })
    this.registry.registerMetric(answerDurations(recordOf))
  }

  /** Hears what was judged. */
  take(path: Path, dark: readonly Span[], counts: Path['counts']): void {
    for (const { from, to } of dark) this.#dark.observe(labelsOf(path), (to - from) / S)
    for (const [mishap, count] of Object.entries(counts) as [Mishap, number][])
      this.#mishaps.inc({ ...labelsOf(path), outcome: outcomeOf(path.kind, mishap) }, count)
  }

  /** Serves the metrics by HTTP. @throws UsageError if the port cannot be opened. */
  async serve({ host, port }: { host?: string; port: number }): Promise<Server> {
    const server = createServer(async ({ url }, reply) => {
      if (url?.split('?')[0] !== '/metrics') return void reply.writeHead(404).end('see /metrics\n')
      const text = await this.registry.metrics()
      reply.writeHead(200, { 'content-type': this.registry.contentType }).end(text)
    })
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject)
      server.listen({ port, ...(host !== undefined && { host }) }, resolve)
    }).catch((error: Error) => {
      throw new UsageError(`--metrics: port ${port} cannot be opened: ${error.message}.`)
    })
    return server.unref()
  }
}

/** The durations of answers. The probes have counted them by class already, so nothing is observed here. */
function answerDurations(recordOf: () => WatchRecord | undefined): Histogram {
  const name = 'flatnet_watch_answer_seconds'
  const values = () =>
    (recordOf()?.durations.all() ?? []).flatMap(([node, kinds]) =>
      Object.entries(kinds).flatMap(([kind, { classes, sumMs }]) => {
        const labels = { node, kind }
        let count = 0
        const buckets = classes.map((n, i) => {
          count += n
          const most = WATCH_BUCKETS[i]
          const le = most === undefined ? '+Inf' : most / S
          return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count }
        })
        return [
          ...buckets,
          { metricName: `${name}_sum`, labels, value: sumMs / S },
          { metricName: `${name}_count`, labels, value: count },
        ]
      }),
    )
  const get = async () => ({
    name,
    help: 'How long answers took.',
    type: 'histogram',
    aggregator: 'sum',
    values: values(),
  })
  return { name, get } as unknown as Histogram
}

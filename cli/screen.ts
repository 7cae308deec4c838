import type { ClusterPortrait } from '../cluster/site/discover.ts'
import type { Row } from '../contract/row.ts'
import type { Result } from '../reports/model.ts'
import type { Verdict } from '../reports/verdict.ts'
import type { Progress } from './progress.ts'
import { nodeLines, remarkLines, requirementLines, untestedLines, verdictLines } from './run/lines.ts'
import { type Paint, painter, wrap } from './terminal.ts'

/** The result on stdout: each requirement in reading order, as soon as all of its rows are done; at the end the verdict. */
export class Screen {
  readonly #paint: Paint = painter(process.stdout)
  readonly #progress: Progress
  readonly #quiet: boolean
  /** The requirements that are not printed yet, in reading order, with the number of their rows. */
  readonly #waiting: { id: string; chapter: string; rows: number }[] = []
  readonly #results = new Map<string, Result[]>()
  readonly #total: number
  #done = 0
  #chapter = ''

  constructor(rows: readonly Row[], planned: ReadonlySet<string>, progress: Progress, quiet: boolean) {
    this.#progress = progress
    this.#quiet = quiet
    this.#total = planned.size
    for (const row of rows) {
      if (!planned.has(`${row.uri}:${row.line}`)) continue
      const known = this.#waiting.find((each) => each.id === row.id)
      if (known) known.rows += 1
      else this.#waiting.push({ id: row.id, chapter: row.chapter, rows: 1 })
    }
  }

  #print(lines: readonly string[]): void {
    if (this.#quiet) return
    this.#progress.clear()
    process.stdout.write(`${lines.join('\n')}\n`)
  }

  /** Prints the head: flatnet's version and the description of the cluster. */
  head(version: string, source: string, portrait: ClusterPortrait): void {
    const first = [`flatnet ${version}`, source, `Kubernetes ${portrait.kubernetesVersion}`, `${portrait.nodes} nodes`]
    const ranges = portrait.podCIDRs.length > 0 ? [`pods ${portrait.podCIDRs.join(' ')}`] : []
    const cni = [portrait.cni, portrait.images.cni?.version].filter((word) => word !== undefined).join(' ')
    const second = [
      `network plug-in ${cni}`,
      `kube-proxy ${portrait.proxyMode}`,
      portrait.ipFamilies.join(' and '),
      ...ranges,
      ...(portrait.egress === undefined ? [] : [`egress ${portrait.egress}`]),
    ]
    const more = [...nodeLines(portrait, this.#paint), ...remarkLines(portrait, this.#paint)]
    this.#print(['', this.#paint('bold', first.join('   ')), ...wrap(second.join('   '), 80), ...more])
  }

  show(result: Result): void {
    this.#done += 1
    const rows = this.#results.get(result.id) ?? []
    rows.push(result)
    this.#results.set(result.id, rows)
    for (
      let next = this.#waiting[0];
      next && this.#results.get(next.id)?.length === next.rows;
      next = this.#waiting[0]
    ) {
      this.#waiting.shift()
      if (next.chapter !== this.#chapter) this.#print(['', this.#paint('bold', next.chapter)])
      this.#chapter = next.chapter
      this.#print(requirementLines(inOrder(this.#results.get(next.id) ?? []), this.#paint))
    }
    const running = this.#waiting[0]
    if (running) this.#progress.live(`  ${this.#done}/${this.#total}   ${running.id}   ${running.chapter}`)
  }

  conclude(verdict: Verdict, took: { seconds: number; apiRequests: number }, folder: string, report: unknown): void {
    this.#progress.clear()
    if (this.#quiet) {
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
      return
    }
    const untested = [...verdict.core.untested, ...verdict.extended.untested]
    const list = untestedLines(untested, this.#paint)
    this.#print(['', ...list, ...(list.length > 0 ? [''] : []), ...verdictLines(verdict, took, folder, this.#paint)])
  }
}

const inOrder = (results: readonly Result[]): Result[] => [...results].sort((a, b) => a.line - b.line)

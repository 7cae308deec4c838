import type { ClusterPortrait } from '../cluster/site/discover.ts'
import { placeOf, type Row } from '../contract/row.ts'
import type { Settings } from '../contract/settings.ts'
import { printedJson, visible, withoutCommands } from '../contract/visible.ts'
import type { Model, Result } from '../reports/model.ts'
import type { Verdict } from '../reports/verdict.ts'
import type { Progress } from './progress.ts'
import { causeLines, unexplainedLines } from './run/causes.ts'
import { chapterLines } from './run/chapters.ts'
import { nodeLines, remarkLines, untestedLines, verdictLines } from './run/lines.ts'
import { Live } from './run/live.ts'
import { plainLines, requirementLines } from './run/requirements.ts'
import { type Paint, painter, wrap } from './terminal.ts'

/** How much the screen says: nothing but JSON, a line for each chapter, one for each requirement, or everything. */
type Detail = 'json' | 'chapters' | 'requirements' | 'everything'

/** The rows that are printed together: a chapter, or a requirement. */
interface Part {
  chapter: string
  /** The requirements in reading order. */
  ids: string[]
  rows: number
  results: Result[]
}

/** The result on stdout, in reading order: each part as soon as all of its rows are done; at the end the verdict. */
export class Screen {
  readonly #paint: Paint = painter(process.stdout)
  readonly #progress: Progress
  readonly #detail: Detail
  /** The parts that are not printed yet. */
  readonly #waiting: Part[] = []
  readonly #parts = new Map<string, Part>()
  readonly #live: Live
  #chapter = ''

  constructor(rows: readonly Row[], planned: ReadonlySet<string>, progress: Progress, detail: Detail) {
    this.#progress = progress
    this.#detail = detail
    this.#live = new Live(
      rows.filter((row) => planned.has(placeOf(row))),
      progress,
    )
    for (const row of rows) {
      if (!planned.has(placeOf(row))) continue
      const known = this.#parts.get(this.#partOf(row))
      const part = known ?? { chapter: row.chapter, ids: [], rows: 0, results: [] }
      if (!known) this.#waiting.push(part)
      this.#parts.set(this.#partOf(row), part)
      if (!part.ids.includes(row.id)) part.ids.push(row.id)
      part.rows += 1
    }
  }

  #partOf({ id, chapter }: Row): string {
    return this.#detail === 'chapters' ? chapter : id
  }

  #print(lines: readonly string[]): void {
    if (this.#detail === 'json') return
    this.#progress.clear()
    process.stdout.write(`${withoutCommands(lines.join('\n'))}\n`)
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
    this.#live.take(result)
    this.#parts.get(this.#partOf(result))?.results.push(result)
    for (let next = this.#waiting[0]; next && next.results.length === next.rows; next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#part(next)
    }
  }

  /** Prints the parts whose rows did not all end. */
  #rest(): void {
    for (const part of this.#waiting.splice(0)) if (part.results.length > 0) this.#part(part)
  }

  /** Says what was found before the run was interrupted. */
  interrupted(verdict: Verdict): void {
    if (this.#detail === 'json') return
    this.#rest()
    const broken = this.#detail === 'everything' ? [] : unexplainedLines(verdict, this.#paint)
    const parts = [broken, causeLines(verdict.causes, this.#paint)].filter(({ length }) => length > 0)
    if (parts.length > 0) this.#print(parts.flatMap((lines) => ['', ...lines]))
  }

  /** Says on stderr where the run is, until the result is disposed of. */
  watch(model: Pick<Model, 'running'>): Disposable {
    return this.#live.watch(() => model.running())
  }

  #part({ chapter, ids, results }: Part): void {
    const requirements = ids.map((id) => inOrder(results.filter((each) => each.id === id)))
    if (this.#detail === 'chapters') {
      this.#print([...(this.#chapter === '' ? [''] : []), ...chapterLines(requirements, this.#paint)])
    } else {
      if (chapter !== this.#chapter) this.#print(['', this.#paint('bold', visible(chapter))])
      const linesOf = this.#detail === 'everything' ? requirementLines : plainLines
      this.#print(requirements.flatMap((each) => linesOf(each, this.#paint)))
    }
    this.#chapter = chapter
  }

  conclude(verdict: Verdict, took: { seconds: number; apiRequests: number }, folder: string, report: unknown): void {
    this.#progress.clear()
    if (this.#detail === 'json') {
      process.stdout.write(printedJson(report))
      return
    }
    this.#rest()
    const untested = [...verdict.core.untested, ...verdict.extended.untested]
    const broken = this.#detail === 'everything' ? [] : unexplainedLines(verdict, this.#paint)
    const paragraphs = [broken, untestedLines(untested, this.#paint), verdictLines(verdict, took, folder, this.#paint)]
    this.#print(paragraphs.filter(({ length }) => length > 0).flatMap((lines) => ['', ...lines]))
  }
}

/** How much a run with these settings prints. Scenarios that were chosen by name are shown by name. */
export const detailOf = ({ json, verbose, features }: Settings): Detail =>
  json ? 'json' : verbose ? 'everything' : features.length > 0 ? 'requirements' : 'chapters'

const inOrder = (results: readonly Result[]): Result[] => [...results].sort((a, b) => a.line - b.line)

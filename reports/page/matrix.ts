import type { End, Path } from '../../contract/path.ts'
import type { Model } from '../model.ts'
import { type Cell, cellOf } from './cell.ts'
import { cut, type Html, html, name } from './html.ts'
import { count, duration } from './words.ts'

/** The largest number of rows and of columns. Of larger clusters only the nodes with a broken promise are shown. */
const MOST = 40
/** With more columns than this, cells hold a mark and no word. */
const WIDE = 8

const MARKS: Readonly<Record<Cell['state'], string>> = {
  ...{ ok: '✓', translated: '⇄', unreachable: '✕', wrong: '!', 'not tested': '·' },
}

/** A matrix: conversations by the names of their row and column. */
export interface Matrix {
  rows: string[]
  columns: string[]
  at: ReadonlyMap<string, Path[]>
  /** Rows and columns that are left out, because they have no trouble and there are too many. */
  left: { rows: number; columns: number }
}

/** Groups conversations into a matrix that fits on a page. */
function matrixOf(paths: readonly Path[], rowOf: (path: Path) => string, columnOf: (path: Path) => string): Matrix {
  const at = Map.groupBy(paths, (path) => key(rowOf(path), columnOf(path)))
  const bad = paths.filter(({ against }) => against > 0)
  const rows = shortened(paths.map(rowOf), bad.map(rowOf))
  const columns = shortened(paths.map(columnOf), bad.map(columnOf))
  return { rows: rows.kept, columns: columns.kept, at, left: { rows: rows.left, columns: columns.left } }
}

const key = (row: string, column: string) => `${row}\n${column}`

/** All names, or of too many those with trouble. */
function shortened(all: readonly string[], bad: readonly string[]): { kept: string[]; left: number } {
  const sorted = (names: readonly string[]) =>
    [...new Set(names)].sort((a, b) => groupOf(a) - groupOf(b) || a.localeCompare(b, 'en', { numeric: true }))
  const names = sorted(all)
  const kept = names.length > MOST ? sorted(bad).slice(0, MOST) : names
  return { kept, left: names.length - kept.length }
}

/** Pods come first, then the nodes' own network, then hosts outside. */
const groupOf = (name: string): number => (name.startsWith('pods') ? 0 : name.startsWith('host network') ? 1 : 2)

const VIA: Readonly<Record<Path['via'], string>> = {
  ...{ 'pod IP': 'pods', 'node address': 'host network', 'node port': 'node ports', 'virtual IP': 'virtual IPs' },
  ...{ localhost: 'localhost', outside: 'hosts outside', name: 'names' },
}

const sourceOf = ({ kind, name: of, node }: End) =>
  kind === 'outside'
    ? of || 'a host outside'
    : kind === 'host pod'
      ? `host network of ${node}`
      : `pods of ${node || of}`

const columnOf = ({ via, protocol }: Path) => (protocol.startsWith('DNS') ? 'cluster DNS' : VIA[via])

/** Both matrices: from pods to pods by their nodes, and from all clients to all kinds of addresses. */
export function matrices({ results }: Model): Html {
  const paths = results.flatMap(({ evidence }) => evidence.paths)
  const pods = paths.filter(
    ({ from, to, via }) => from.kind === 'pod' && to.kind === 'pod' && via === 'pod IP' && from.node && to.node,
  )
  const byNode = matrixOf(
    pods,
    ({ from }) => from.node,
    ({ to }) => to.node,
  )
  const byKind = matrixOf(paths, ({ from }) => sourceOf(from), columnOf)
  return html`<section id="reachability"><h2>Who reached whom</h2>
${
  paths.length === 0
    ? html`<p>No conversation was recorded.</p>`
    : html`<p class="legend">${legend()}</p>
${table('Pods to pods, by their nodes', byNode)}${table('All clients, by what they dialled', byKind)}
<p id="told" class="told" role="status"></p>`
}</section>`
}

const legend = (): Html =>
  html`${(Object.keys(MARKS) as Cell['state'][]).map((state) => html`<span class="key cell ${look(state)}">${MARKS[state]} ${state}</span> `)}<span class="hint">Hover, or tap, for counts and latencies.</span>`

const look = (state: Cell['state']) => state.replace(' ', '-')

function table(title: string, { rows, columns, at, left }: Matrix): Html {
  const isWide = columns.length > WIDE
  const rest = left.rows + left.columns > 0
  const note = `${count(left.rows, 'row')} and ${count(left.columns, 'column')} without a broken promise are not shown.`
  if (rows.length === 0)
    return html`<h3>${title}</h3><p>${rest ? `All ${left.rows} × ${left.columns} are ok.` : 'No conversation.'}</p>`
  const cells = (row: string) =>
    columns.map((column) => cell(row, column, cellOf(at.get(key(row, column)) ?? []), isWide))
  return html`<div class="wide" role="group" tabindex="0" aria-label="${title}"><table class="matrix${isWide && ' narrow'}"><caption>${title}</caption>
<thead><tr><th scope="col">from ↓ to →</th>${columns.map((column) => html`<th scope="col">${name(column)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row">${name(row)}</th>${cells(row)}</tr>`)}</tbody></table></div>${rest && html`<p>${note}</p>`}`
}

/** A cell. Its sentence is its title, and the script repeats it below the table. */
function cell(row: string, column: string, { state, only, says, ms }: Cell, isWide: boolean): Html {
  if (state === 'not tested')
    return html`<td class="cell not-tested">${isWide ? MARKS[state] : html`<span aria-hidden="true">·</span> not tested`}</td>`
  const label = `${cut(row, 60)} to ${cut(column, 60)}: ${state}. ${says}`
  const word = isWide
    ? html`<span aria-hidden="true">${MARKS[state]}</span><span class="unseen">${state}</span>`
    : html`<span aria-hidden="true">${MARKS[state]}</span> ${state}${only !== '' && html` <small>${only}</small>`}${ms !== undefined && state === 'ok' && html` <small>${duration(ms)}</small>`}`
  return html`<td class="cell ${look(state)}" title="${label}">${word}</td>`
}

import type { Result } from '../model.ts'
import type { Untested } from '../verdict.ts'
import { betweenOf, betweenWords } from './between.ts'
import { clientView, type Flow, flowsOf, serverView } from './flow.ts'
import { cut, type Html, html, name } from './html.ts'
import type { PromiseOfRun } from './promises.ts'
import { count, duration, median, STATUS } from './words.ts'

/** The most conversations of one row on the page; evidence/ has more of them. */
const [BROKEN, KEPT] = [6, 2] as const

/** The number of broken promises that are open at first. More would slow the page down, and no reader wants them all. */
const OPEN = 12

/** Every promise with its rows and their evidence, by chapter. The script adds filters. */
export function scenarios(promises: readonly PromiseOfRun[]): Html {
  const broken = promises.filter(({ status }) => status === 'failed')
  const open = new Set(broken.slice(0, OPEN))
  const chapters = [...Map.groupBy(promises, ({ chapter }) => chapter)]
  return html`<section id="scenarios"><h2>Every promise, with its evidence</h2>
<form class="filters" hidden role="search" aria-label="Filter the promises">
<label>Rule <select name="chapter"><option value="">all</option>${chapters.map(([chapter]) => html`<option>${chapter}</option>`)}</select></label>
<label>Level <select name="level"><option value="">all</option><option>core</option><option>extended</option></select></label>
<label>Result <select name="status"><option value="">all</option>${[...new Set(promises.map(({ status }) => STATUS[status].word))].map((word) => html`<option>${word}</option>`)}</select></label>
<label>Words <input name="words" type="search" placeholder="P04, UDP, node-2"></label>
<button type="button" id="unfold">Open all</button>
<output id="matches" aria-live="polite"></output></form>
${chapters.map(([chapter, some]) => html`<div class="chapter"><h3>${chapter}</h3>${some.map((each) => promise(each, open.has(each)))}</div>`)}</section>`
}

function promise({ id, level, chapter, title, status, results, untested }: PromiseOfRun, isOpen: boolean): Html {
  const { mark, word, look } = STATUS[status]
  const tally = results.length + untested.length > 1 && count(results.length + untested.length, 'row')
  return html`<details class="promise" id="${id}" data-level="${level}" data-chapter="${chapter}" data-status="${word}" ${isOpen && html`open`}>
<summary><span class="badge ${look}"><span aria-hidden="true">${mark}</span> ${word}</span> <b class="id">${id}</b> <span class="what">${title}</span> <span class="level">${level}${tally && `, ${tally}`}</span></summary>
<p class="hint"><a href="#${id}">Link to ${id}</a> · <code>flatnet explain ${id}</code></p>
${results.map(row)}${untested.map(untestedRow)}</details>`
}

const untestedRow = ({ row, name: title, because }: Untested): Html =>
  html`<div class="row"><h4><span class="badge none">– not tested</span> ${cut(row || title, 300)}</h4><p>${cut(because, 400)}</p></div>`

function row(result: Result): Html {
  const { row: cells, name: title, status, because, reason, duration: took, evidence, failedIn, tables } = result
  const { mark, word, look } = STATUS[status]
  const { violation } = evidence
  return html`<div class="row"><h4><span class="badge ${look}"><span aria-hidden="true">${mark}</span> ${word}</span> ${cut(cells || title, 300)} <span class="hint">${duration(took)}</span></h4>
${reason !== undefined && html`<p><b>A baseline says</b> ${cut(reason, 400)}</p>`}
${violation ? html`<dl class="violation"><div><dt>expected</dt><dd>${cut(violation.expected)}</dd></div><div><dt>seen</dt><dd><pre>${cut(violation.actual)}</pre></dd></div>${violation.where && html`<div><dt>where</dt><dd>${cut(violation.where)}</dd></div>`}${failedIn && html`<div><dt>in</dt><dd>${cut(violation.found?.step ?? failedIn.step, 300)}</dd></div>`}</dl>` : because !== '' && html`<pre>${cut(because)}</pre>`}
${conversations(result)}${flowTable(result)}${tables.map((table) => html`<pre class="wide" tabindex="0" role="group" aria-label="Table of ${result.id}">${cut(table, 4000)}</pre>`)}</div>`
}

/** "21 conversations; median 0.8 ms", and who broke the promise. */
function conversations(result: Result): Html {
  const { evidence } = result
  const total = evidence.paths.reduce((sum, path) => sum + path.count, 0) || evidence.flowsTotal
  if (total === 0) return html``
  const ms = median(evidence.paths.flatMap((path) => (path.ms === undefined ? [] : [path.ms])))
  const between = betweenOf([result])
  return html`<p class="hint">${count(total, 'conversation')}${ms !== undefined && `, median ${duration(ms)}`}.${between && html` Broken: ${between.broken} of ${between.of}, ${name(betweenWords(between), 240)}.`}</p>`
}

/** Examples of its conversations, as both ends saw them. */
function flowTable(result: Result): Html {
  const { flowsBroken } = result.evidence
  const isBroken = flowsBroken > 0
  const flows = flowsOf(result, isBroken ? BROKEN : KEPT)
  if (flows.length === 0) return html``
  const table = (title: string) =>
    html`<div class="wide" role="group" tabindex="0" aria-label="Conversations of ${result.id}: ${cut(result.row, 80)}"><table class="flows"><caption>${title}</caption><thead><tr><th scope="col">by</th><th scope="col">client says</th><th scope="col">server saw</th><th scope="col">server</th></tr></thead><tbody>${flows.map(flowRow)}</tbody></table></div>`
  return isBroken
    ? table(`${flows.length} of ${count(flowsBroken, 'recorded conversation')} that broke it`)
    : html`<details><summary class="hint">Examples</summary>${table('As both ends saw them')}</details>`
}

function flowRow(flow: Flow): Html {
  const { dial, server, failure, detail } = flow
  const [says, saw] = [clientView(flow), serverView(flow)]
  const answer = saw
    ? html`<td class="address">${ends(saw.from, saw.to, saw.from !== says.from, saw.to !== says.to)}</td><td>${name(`${server?.identity.pod} on ${server?.identity.node}`)}</td>`
    : html`<td colspan="2" class="wrong">${failure ?? 'no answer'}${detail && html`: ${cut(detail, 200)}`}</td>`
  return html`<tr><td>${dial.protocol}</td><td class="address">${ends(says.from, says.to, false, false)}</td>${answer}</tr>`
}

const ends = (from: string, to: string, isFromOther: boolean, isToOther: boolean): Html =>
  html`${isFromOther ? html`<strong class="other">${from}</strong>` : from} → ${isToOther ? html`<strong class="other">${to}</strong>` : to}`

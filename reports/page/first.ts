import type { Cause } from '../cause.ts'
import type { Model, Result } from '../model.ts'
import type { Profile, Verdict } from '../verdict.ts'
import { portraitOf } from './about.ts'
import { betweenOf, betweenWords } from './between.ts'
import { cut, type Html, html, joined, name } from './html.ts'
import type { PromiseOfRun } from './promises.ts'
import { count, duration, headlineOf, ids, listed, STATUS } from './words.ts'

/** The first screen: the verdict, what explains it, and which promises are broken between whom. */
export function firstScreen(model: Model, verdict: Verdict, promises: readonly PromiseOfRun[]): Html {
  const { mark, word, look } = headlineOf(verdict)
  const broken = promises.filter(({ status }) => status === 'failed')
  return html`<section class="first" aria-labelledby="verdict">
<div class="verdict ${look}"><h1 id="verdict"><span class="mark" aria-hidden="true">${mark}</span> ${word}</h1>
<p class="counts">${countsOf(verdict.core)}<br>${countsOf(verdict.extended)}</p></div>
<div class="${broken.length > 0 ? 'columns' : ''}">
<div class="cause">${explanation(model, verdict, broken)}</div>
${broken.length > 0 && brokenList(broken, verdict.causes)}
<div class="more">${more(verdict, broken)}</div>
</div></section>`
}

/** "core: 2 promises broken, 48 kept, 5 not tested". */
function countsOf({ name: level, passed, failed, expected, inconclusive, untested }: Profile): Html {
  const wrong = new Set(ids([...failed, ...expected, ...inconclusive]))
  const parts = [
    failed.length > 0 && html`<strong>${count(ids(failed).length, 'promise')} broken</strong>`,
    expected.length > 0 && `${ids(expected).length} broken as expected`,
    inconclusive.length > 0 && `${ids(inconclusive).length} not judged`,
    `${ids(passed).filter((id) => !wrong.has(id)).length} kept`,
    untested.length > 0 && html`<a href="#untested">${ids(untested).length} not tested</a>`,
  ]
  return html`<b>${level}</b> ${joined(parts.filter((part) => part !== false))}`
}

/** The cause or, where none is known, what was seen; without a broken promise, what was tested. */
function explanation(model: Model, verdict: Verdict, broken: readonly PromiseOfRun[]): Html {
  const { causes, trouble } = verdict
  const [cause] = causes
  if (cause)
    return html`<article class="card"><h2>Cause${causes.length > 1 && ` 1 of ${causes.length}`}</h2>${causeBody(cause)}</article>`
  if (broken.length > 0) return seenCard(broken)
  return trouble === undefined ? keptCard(model, verdict) : troubleCard(trouble, model)
}

/** Further causes, folded, and what else makes the verdict less than clean. */
function more(verdict: Verdict, broken: readonly PromiseOfRun[]): Html {
  const { causes, trouble, withoutNetwork, stale } = verdict
  return html`${causes.slice(1, MOST_CAUSES).map((cause, i) => html`<details class="card further"><summary><b>Cause ${i + 2}</b> ${cut(cause.says, 600)}</summary>${causeBody(cause)}</details>`)}
${causes.length > MOST_CAUSES && html`<p class="card">${count(causes.length - MOST_CAUSES, 'further cause')} in report.yaml.</p>`}
${trouble !== undefined && (broken.length > 0 || causes.length > 0) && html`<p class="card">The run is incomplete: ${cut(trouble, 400)}</p>`}
${withoutNetwork.length > 0 && html`<p class="card">The network of ${listed(withoutNetwork)} is not ready, so core is at best partial.</p>`}
${stale.length > 0 && html`<p class="card">Expected to fail, but kept: ${links(ids(stale).slice(0, 12))}. Delete these entries from the baseline.</p>`}`
}

/** The number of causes on the page. */
const MOST_CAUSES = 12

/** One cause: the sentence, what is intact, what usually does it, and where to look. */
function causeBody({ says, isSure, intact, usually, look, explains, shown = [] }: Cause): Html {
  const explained = ids(explains).sort()
  return html`<p class="says">${cut(says, 600)}${!isSure && html` <span class="likely">(likely)</span>`}</p>
${intact.length > 0 && html`<p class="intact">Intact: ${cut(intact.join(' '), 300)}</p>`}
${shown.length > 0 && html`<p class="shown"><b>The node shows</b> ${cut(shown.join(' '), 500)}</p>`}
${usually !== '' && html`<p><b>What usually does this</b> ${cut(usually, 600)}</p>`}
${look.length > 0 && html`<div class="look"><b>Commands to look</b>${look.slice(0, 4).map((command) => html`<code class="command">${cut(command, 300)}</code>`)}</div>`}
${explained.length > 0 && html`<p class="explains"><b>Explains</b> ${links(explained)}</p>`}`
}

/** Links to promises by their ids. */
export const links = (all: readonly string[]): Html =>
  joined(
    all.map((id) => html`<a href="#${id}">${id}</a>`),
    ' ',
  )

/** Without a known cause: what was seen in the clearest of the broken promises. */
function seenCard(broken: readonly PromiseOfRun[]): Html {
  const [first] = broken
    .flatMap(({ results }) => results)
    .filter(({ status }) => status === 'failed')
    .sort((a, b) => clarity(b) - clarity(a))
  if (!first) return html``
  const { violation } = first.evidence
  return html`<article class="card"><h2>Seen in <a href="#${first.id}">${first.id}</a></h2>
<p class="says">${cut(violation?.where || `${first.title}: broken`, 280)}</p>
<pre class="seen">${cut(violation?.actual ?? first.because, 600)}</pre>
<p class="look"><b>What usually does this</b> <code class="command">flatnet explain ${first.id}</code></p></article>`
}

/** A core row that shows both ends' addresses and says where says most. */
const clarity = ({ level, evidence: { violation, flowsBroken } }: Result): number =>
  (level === 'core' ? 4 : 0) + (violation?.where ? 2 : 0) + (flowsBroken > 0 ? 1 : 0)

/** A run that could not be judged: what happened, and what was tried. */
function troubleCard(trouble: string, { facts, results }: Model): Html {
  const planned = facts?.planned?.length ?? facts?.specification.length ?? 0
  return html`<article class="card trouble"><h2>Why there is no verdict</h2><p class="says">${cut(trouble)}</p>
<p>Tried: ${count(planned, 'row')} of the specification on ${facts ? name(`the cluster “${facts.cluster.source}”`) : 'an unknown cluster'}; ${results.length} ran.</p></article>`
}

/** What a run without broken promises has shown. */
function keptCard(model: Model, { traffic, core, extended }: Verdict): Html {
  const { tested: nodes = [] } = portraitOf(model)
  const ran = model.results.filter(({ status }) => status !== 'skipped').length
  const untested = [...new Set([...core.untested, ...extended.untested].map(({ because }) => because))]
  const { p50: ms } = (traffic.connectMs ?? {}) as { p50?: number }
  return html`<article class="card"><h2>What was tested</h2>
<p class="says">${count(traffic.conversations, 'conversation')} in ${count(ran, 'row')}${nodes.length > 0 && html`, between pods on ${nodes.length > 6 ? count(nodes.length, 'node') : name(listed(nodes, 6))}`}. Both ends of every conversation agree with what Kubernetes promises${core.inconclusive.length + extended.inconclusive.length > 0 && ', as far as they could be judged'}.</p>
<p>No answer came to ${traffic.udp.datagrams - traffic.udp.answered} of ${count(traffic.udp.datagrams, 'datagram')}; ${traffic.tcp.retransmitted} of ${count(traffic.tcp.connections, 'connection')} needed a second SYN.${ms !== undefined && ` A connection took ${duration(ms)} (median).`}</p>
${untested.length > 0 && html`<p>Not tested: ${cut(untested.slice(0, 3).join('; '), 400)}. <a href="#untested">How to enable it</a></p>`}</article>`
}

/** The broken promises, a line each, with between whom. The first ones are those that no cause explains. */
function brokenList(broken: readonly PromiseOfRun[], causes: readonly Cause[]): Html {
  const explained = new Set(causes.flatMap(({ explains }) => ids(explains)))
  const isAlone = ({ id }: PromiseOfRun) => causes.length > 0 && !explained.has(id)
  const lines = [...broken.filter(isAlone), ...broken.filter((each) => !isAlone(each))].map((each) =>
    brokenLine(each, isAlone(each)),
  )
  const rest = lines.slice(FIRST)
  return html`<div class="broken"><h2>Broken promises</h2><ul>${lines.slice(0, FIRST)}</ul>
${rest.length > 0 && html`<details><summary>${count(rest.length, 'more broken promise')}</summary><ul>${rest}</ul></details>`}</div>`
}

/** The number of broken promises that fit on the first screen. */
const FIRST = 8

function brokenLine({ id, level, title, results }: PromiseOfRun, isAlone: boolean): Html {
  const failed = results.filter(({ status }) => status === 'failed')
  const between = betweenOf(failed)
  const first = failed[0]?.because.split('\n')[0] ?? ''
  return html`<li><a class="id" href="#${id}">${id}</a> <span class="what"><span aria-hidden="true" class="mark bad">${STATUS.failed.mark}</span> ${title}${level === 'extended' && html` <span class="level">extended</span>`}${isAlone && html` <span class="level">no cause explains it</span>`}
<span class="who">${between ? html`${name(betweenWords(between), 240)} (${between.broken} of ${between.of})` : cut(first, 160)}</span></span></li>`
}

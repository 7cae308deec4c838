import { type Html, html, name, trusted } from '../reports/page/html.ts'
import { STYLE } from '../reports/page/style.ts'
import { count, duration } from '../reports/page/words.ts'
import { WATCH_KINDS, type WatchReport } from './schema.ts'
import { timeline } from './timeline.ts'
import { mishapWords } from './words.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

const RESULTS = {
  kept: { mark: '✓', word: 'Kept', look: 'good' },
  broken: { mark: '✕', word: 'Broken', look: 'bad' },
  inconclusive: { mark: '?', word: 'Inconclusive', look: 'doubt' },
  interrupted: { mark: '?', word: 'Interrupted', look: 'doubt' },
} as const

/** The directions of the table; watch.yaml has all of them. */
const MOST = 60

/** The page of a watch: one HTML document that needs no other file and no script. */
export function watchPage(report: WatchReport): string {
  const { mark, word } = RESULTS[report.result]
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${mark} ${word} – flatnet watch</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#result">Skip to the result</a>
<header><p><b>flatnet watch</b> <span>${name(report.cluster.source)}, ${report.startedAt.replace('T', ' ').slice(0, 19)} UTC</span></p>
<nav aria-label="Sections"><a href="#timeline">Timeline</a> <a href="#directions">Directions</a> <a href="#happenings">What happened</a></nav></header>
<main>
${first(report)}
<section id="timeline"><h2>Timeline</h2>${timeline(report)}</section>
${table(report)}
${happenings(report)}
</main>
</body>
</html>
`.markup
}

function first({
  result,
  because,
  seconds,
  nodes,
  conversations,
  longestMs,
  everyMs,
  budgetMs,
  command,
}: WatchReport): Html {
  const { mark, word, look } = RESULTS[result]
  const budget = budgetMs === undefined ? '' : ` Allowed: ${duration(budgetMs)}.`
  return html`<section class="first" id="result"><div class="verdict ${look}"><h1><span aria-hidden="true">${mark}</span> ${word}</h1>
<p class="counts">${count(nodes.length, 'node')}, ${count(conversations.asked, 'conversation')} in ${duration(seconds * 1000)}</p></div>
<article class="card"><h2>Longest darkness of a path</h2>
<p class="says">${longestMs > 0 ? duration(longestMs) : 'None'}</p>
<p>Each path had a conversation every ${duration(everyMs)}.${budget} ${count(conversations.asked - conversations.answered, 'conversation')} without an answer. The slowest answer took ${duration(conversations.slowestMs)}.</p>
${because.length > 0 && html`<ul>${because.map((reason) => html`<li>${reason}</li>`)}</ul>`}
${command && html`<p>The command <code>${name(command.words.join(' '), 200)}</code> ended with ${command.signal ?? command.exitCode} after ${duration(command.to - command.from)}.</p>`}</article></section>`
}

function table({ directions, quietDirections }: WatchReport): Html {
  const quiet = html`<p>Nothing went wrong on ${directions.length > 0 && 'the other '}${count(quietDirections, 'direction')}.</p>`
  if (directions.length === 0) return html`<section id="directions"><h2>Directions</h2>${quiet}</section>`
  const rows = directions.slice(0, MOST).map(
    (each) =>
      html`<tr><th scope="row">${name(each.from)} → ${name(each.to)}</th>${WATCH_KINDS.map((kind) => {
        const { longestMs = 0 } = each.kinds.find((one) => one.kind === kind) ?? {}
        return html`<td class="cell ${longestMs > 0 ? 'unreachable' : 'not-tested'}">${longestMs > 0 ? duration(longestMs) : '–'}</td>`
      })}<td>${each.sumMs > 0 ? duration(each.sumMs) : '–'}</td><td>${mishapWords(each).join(', ')}${each.detail !== undefined && html`<br><span class="hint">${name(each.detail, 160)}</span>`}</td></tr>`,
  )
  return html`<section id="directions"><h2>Directions</h2><div class="wide" role="group" tabindex="0" aria-label="Directions"><table><caption>The longest darkness by kind of conversation, the worst direction first</caption>
<thead><tr><th scope="col">Direction</th>${WATCH_KINDS.map((kind) => html`<th scope="col">${kind}</th>`)}<th scope="col">In all</th><th scope="col">What became of conversations</th></tr></thead><tbody>${rows}</tbody></table></div>
${directions.length > MOST && html`<p>${count(directions.length - MOST, 'more direction')} in watch.yaml.</p>`}${quiet}</section>`
}

function happenings({ happenings, nodes }: WatchReport): Html {
  const notes = nodes.flatMap(({ node, absentMs, noCpuMs }) => [
    ...(absentMs > 0
      ? [html`<li>${name(node)}: no probe for ${duration(absentMs)}. Paths to it are not judged in this time.</li>`]
      : []),
    ...(noCpuMs > 0
      ? [html`<li>${name(node)}: not observed for ${duration(noCpuMs)}, because its probe had no CPU.</li>`]
      : []),
  ])
  return html`<section id="happenings"><h2>What happened</h2>${happenings.length + notes.length === 0 && html`<p>No node and no probe changed.</p>`}
${happenings.length > 0 && html`<ol>${happenings.map(({ at, says }) => html`<li>${duration(Math.max(0, at))}: ${name(says, 200)}</li>`)}</ol>`}
${notes.length > 0 && html`<ul>${notes}</ul>`}</section>`
}

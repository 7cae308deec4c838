import { type Html, html } from '../../contract/html.ts'
import type { Measured, Sample } from '../measured.ts'
import { preformatted } from '../prose.ts'

/** The class of the colour of a level's result. */
export const LOOKS = {
  conformant: 'passed',
  partial: 'inconclusive',
  inconclusive: 'inconclusive',
  'non-conformant': 'failed',
} as const

/** The result of a promise in a word, and the class of its colour. */
export function verdictOn(measured: Measured | undefined): { word: string; as: string } {
  if (!measured) return { word: 'not in this run', as: 'untested' }
  const { results, untested } = measured
  const count = (status: string) => results.filter((result) => result.status === status).length
  const of = results.length + untested.length
  if (count('failed') > 0) return { word: `broken, ${count('failed')} of ${of} rows`, as: 'failed' }
  if (count('inconclusive') > 0)
    return { word: `inconclusive, ${count('inconclusive')} of ${of} rows`, as: 'inconclusive' }
  if (count('expected') > 0)
    return { word: `broken as expected, ${count('expected')} of ${of} rows`, as: 'inconclusive' }
  if (results.length === 0) return { word: 'not tested', as: 'untested' }
  return { word: `kept, ${count('passed')} of ${of} rows`, as: 'passed' }
}

export function badge(measured: Measured | undefined): Html {
  const { word, as } = verdictOn(measured)
  return html` <span class="badge ${as}">${word}</span>`
}

/** One conversation, with the addresses that each end reports. */
const conversation = ({
  dial,
  client,
  server,
}: Sample): Html => html`<table class="ends"><caption>One of the conversations, by ${dial.protocol}, to ${server.identity.pod} on ${server.identity.node}</caption>
<thead><tr><td></td><th scope="col">client</th><th scope="col">server</th></tr></thead><tbody>
<tr><th scope="row">client says</th><td>${client.local}</td><td>${client.remote}</td></tr>
<tr><th scope="row">server saw</th><td>${changed(server.peer, client.local)}</td><td>${changed(server.local, client.remote)}</td></tr></tbody></table>`

/** A value that the other end sees in another way is marked, and not by colour alone. */
const changed = (seen: string, said: string): Html =>
  seen === said ? html`${seen}` : html`<strong>${seen}</strong> <small>(rewritten)</small>`

const reasons = ({ results, untested }: Measured): Html[] => {
  const bad = results.filter(({ status }) => status !== 'passed')
  const told = [
    ...bad.map(({ row, name, because }) => [row || name, because] as const),
    ...untested.map(({ row, name, because }) => [row || name, because] as const),
  ]
  return told.map(([row, because]) => html`<li><strong>${row}</strong>: <span class="reason">${because}</span></li>`)
}

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : (JSON.stringify(value)?.replace(/[{}"]/g, '').replace(/,/g, ', ').replace(/:/g, ': ') ?? '')

/** What the run has measured of a promise. */
export function measuredBlock(measured: Measured): Html {
  const { conversations, connectMs, observations, results, sample } = measured
  const why = reasons(measured)
  const seconds = results.reduce((sum, { duration }) => sum + duration, 0) / 1000
  const drawings = results.flatMap(({ tables, timeline }) => [...tables, ...(timeline ? [timeline.drawing] : [])])
  return html`<details class="measured"${why.length > 0 && html` open`}><summary>What was measured</summary>
${why.length > 0 && html`<ul>${why}</ul>`}${
  results.length > 0 &&
  html`<dl class="figures">${conversations > 0 && html`<div><dt>conversations</dt><dd>${conversations}</dd></div>`}${
    connectMs &&
    html`<div><dt>until connected, median</dt><dd>${connectMs.p50} ms</dd></div><div><dt>99th percentile</dt><dd>${connectMs.p99} ms</dd></div>`
  }<div><dt>time of its rows</dt><dd>${seconds.toFixed(1)} s</dd></div></dl>`
}${sample && html`<div class="scroll" tabindex="0" role="group" aria-label="One conversation">${conversation(sample)}</div>`}${drawings.map((drawing) => preformatted(drawing, 'Measured figure'))}${
  observations.length > 0 &&
  html`<ul class="observations">${observations.slice(0, 12).map(({ name, value }) => html`<li>${name}: <span class="reason">${shown(value)}</span></li>`)}</ul>`
}</details>`
}

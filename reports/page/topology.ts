import type { Layout } from '../../contract/layout.ts'
import { type Box, type Drawing, place, WIDTH } from './drawing.ts'
import { cut, type Html, html, name } from './html.ts'
import type { Stop, Trail } from './trail.ts'
import { count } from './words.ts'

/** The cluster as a drawing, with one broken conversation in red, and the same in words. */
export function topology(layout: Layout, trail: Trail | undefined): Html {
  if (layout.nodes.length === 0) return html``
  const drawing = place(layout, trail)
  const label = trail
    ? `The cluster, and the path of a conversation that broke ${trail.result.id}, from ${trail.client.who} to ${trail.target.name}`
    : 'The cluster: nodes, their pods, and hosts outside'
  return html`<section id="topology"><h2>${trail ? html`The path that broke <a href="#${trail.result.id}">${trail.result.id}</a>` : 'The cluster'}</h2>
<div class="wide" role="group" tabindex="0" aria-label="Drawing of the cluster"><svg class="map" viewBox="-2 -2 ${WIDTH + 4} ${drawing.height + 4}" role="img" aria-label="${cut(label, 300)}">
${wires(drawing)}${trail && redLine(drawing)}${drawing.boxes.map(box)}${trail && labels(drawing, trail)}</svg></div>
${drawing.left > 0 && html`<p class="hint">${count(drawing.left, 'further node')} not drawn.</p>`}${trail && inWords(trail)}</section>`
}

const box = ({ x, y, width, height, name: title, text, kind, isInvolved }: Box): Html =>
  html`<g><rect class="box ${kind}${isInvolved && ' involved'}" x="${r(x)}" y="${y}" width="${r(width)}" height="${height}" rx="${kind === 'pod' ? 4 : 6}"/>
<text class="title" x="${r(x + 8)}" y="${y + 17}">${fit(title, width, 7)}</text>${text.map((line, i) => html`<text class="address" x="${r(x + 8)}" y="${y + 33 + i * 16}">${fit(line, width, 6.7)}</text>`)}</g>`

const r = (value: number) => Math.round(value)

/** A text that fits into a box of this width. */
const fit = (text: string, width: number, letter: number): string => {
  const room = Math.floor((width - 14) / letter)
  return text.length > room ? `${text.slice(0, room - 1)}…` : text
}

/** The network of the nodes, and what is attached to it. A host behind the gateway is attached to the gateway alone. */
function wires({ boxes, bus }: Drawing): Html {
  const attached = boxes.filter(({ kind }) => kind !== 'pod')
  const gateway = attached.findIndex(({ kind }) => kind === 'gateway')
  return html`<line class="bus" x1="0" x2="${WIDTH}" y1="${bus}" y2="${bus}"/><text class="hint" x="${WIDTH}" y="${bus + 17}" text-anchor="end">network of the nodes</text>
${attached.map(({ anchor, x, y, height }, i) => {
  if (gateway >= 0 && i > gateway)
    return html`<line class="wire" x1="${r(x - 20)}" x2="${r(x)}" y1="${y + height / 2}" y2="${y + height / 2}"/>`
  return html`<line class="wire" x1="${r(anchor.x)}" x2="${r(anchor.x)}" y1="${r(anchor.y)}" y2="${bus}"/>`
})}`
}

/** The broken path: from the client to the network, along it, and to the server. On one node it stays on the node. */
function redLine({ from, to, bus }: Drawing): Html {
  if (!from || !to) return html``
  const isLocal =
    from.kind === 'pod' && to.kind === 'pod' && from.y === to.y && Math.abs(from.x - to.x) <= from.width + 12
  const turn = isLocal ? from.anchor.y + 24 : bus
  const points = [from.anchor, { x: from.anchor.x, y: turn }, { x: to.anchor.x, y: turn }, to.anchor]
  return html`<polyline class="red" points="${points.map(({ x, y }) => `${r(x)},${r(y)}`).join(' ')}"/>`
}

/** The addresses at both ends, beside the line. */
function labels({ from, to, bus, boxes }: Drawing, { client, server, failure }: Trail): Html {
  const bottom = Math.max(...boxes.filter(({ kind }) => kind === 'node').map(({ height }) => height))
  const y = (end: Box) => (end.y > bus ? bus - 60 : bottom + 16)
  const says = ({ from: source, to: target }: Stop) => [`from ${source}`, `to ${target}`]
  return html`${from && label(from.anchor.x, y(from), '1', 'client says', says(client), false)}
${to && server && label(to.anchor.x, y(to), '2', 'server saw', says(server), server.isWrong)}
${to && !server && label(to.anchor.x, y(to), '✕', 'no answer', [failure.split(' (')[0] ?? ''], true)}`
}

/** The room beside the line that an address needs. */
const ROOM = 190

function label(x: number, y: number, number: string, title: string, lines: readonly string[], isWrong: boolean): Html {
  const isLeft = x + ROOM > WIDTH
  const at = html`x="${r(isLeft ? x - 14 : x + 14)}" text-anchor="${isLeft ? 'end' : 'start'}"`
  return html`<g class="label"><circle cx="${r(x)}" cy="${y}" r="9"/><text class="number" x="${r(x)}" y="${y + 4}" text-anchor="middle">${number}</text>
<text ${at} y="${y + 4}" class="says${isWrong && ' wrong'}">${title}</text>${lines.map((line, i) => html`<text ${at} y="${y + 20 + i * 15}" class="address${isWrong && i === 0 && ' wrong'}">${cut(line, 52)}</text>`)}</g>`
}

/** The drawing in words, for readers of small screens and for screen readers. */
function inWords({ result, path, client, server, failure }: Trail): Html {
  const { violation } = result.evidence
  return html`<ol class="hops"><li>${name(client.who)} sends ${path.protocol} <code>from ${client.from} to ${client.to}</code>, as the client says.</li>
${server ? html`<li>${name(server.who)} sees it <code>from ${server.isWrong ? html`<strong class="wrong">${server.from}</strong>` : server.from} to ${server.to}</code>${server.isWrong && ', which is not the client’s own address'}.</li>` : html`<li>The client gets <strong class="wrong">no answer</strong>: ${cut(failure, 200)}.</li>`}
${violation?.where && html`<li>${cut(violation.where, 600)}</li>`}</ol>`
}

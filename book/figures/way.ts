import { type Html, html } from '../../contract/html.ts'
import { arrow, box, label, picture, WIDTH } from './draw.ts'
import { type Change, changesOf, type Hop, hostOf, portOf, type Way } from './ways.ts'
import type { NodeWithPod } from './world.ts'

const BOX = 46
const GAP = 60
const TOP = 24
const FRAME = 22

/** Where a hop begins. A hop on another node than the one before leaves room for the frame of its node. */
function placesOf(hops: readonly Hop[]): number[] {
  let y = TOP
  return hops.map((hop, i) => {
    if (i > 0) y += BOX + GAP + (hop.on && hop.on !== hops[i - 1]?.on ? FRAME : 0)
    return y
  })
}

const frameName = ({ name, address, range }: NodeWithPod) =>
  [name, address, range && `pods ${range}`].filter(Boolean).join(' · ')

/** The frame of each node around its hops. The arrow passes at the left of its label. */
function frames(hops: readonly Hop[], places: readonly number[]): Html[] {
  return [...Map.groupBy(hops.keys(), (i) => hops[i]?.on)].flatMap(([on, indices]) => {
    if (!on) return []
    const top = (places[indices[0] ?? 0] ?? 0) - FRAME
    const bottom = (places[indices.at(-1) ?? 0] ?? 0) + BOX + 8
    return html`${box({ x: 4, y: top, w: WIDTH - 8, h: bottom - top, kind: 'frame' })}${label(64, top + 15, frameName(on), 'frame-name')}`
  })
}

/** A packet between two hops: where it comes from and where it goes to. What the hop before has changed is marked. */
function packet({ packet: now }: Hop, changes: readonly Change[], y: number): Html | undefined {
  if (!now) return undefined
  const part = (name: 'source' | 'destination', word: string, place: string, at: number) => {
    const isNew = changes.some((change) => change.part === name)
    const size = place.length > 26 ? ' long' : ''
    return html`${label(64, at, word, 'note')}<text class="${isNew ? 'changed' : 'address'}${size}" x="98" y="${at}">${place}</text>${
      isNew && label(WIDTH - 12, at, 'new', 'changed', 'end')
    }`
  }
  return html`${part('source', 'from', now.from, y + 27)}${part('destination', 'to', now.to, y + 44)}`
}

/** The way of a packet as a picture: hops from top to bottom, and the packet's addresses between them. */
export function wayPicture(id: string, way: Way): Html {
  const { hops, title } = way
  const places = placesOf(hops)
  const changes = changesOf(way)
  const height = (places.at(-1) ?? 0) + BOX + 12
  const stations = hops.map((hop, i) => {
    const y = places[i] ?? 0
    const next = places[i + 1]
    const x = hop.on ? 14 : 4
    return html`${box({ x, y, w: WIDTH - 2 * x, h: BOX, kind: hop.kind })}${label(x + 12, y + 19, hop.name, 'name')}${label(x + 12, y + 36, hop.does)}${
      next !== undefined && arrow([44, y + BOX], [44, next - 1])
    }${packet(
      hop,
      changes.filter((change) => change.hop === hop),
      y + BOX,
    )}`
  })
  return picture(id, { h: height }, title, sentences(way).join(' '), html`${frames(hops, places)}${stations}`)
}

/** The way in words, for readers who do not see the picture. */
const sentences = ({ hops }: Way): string[] =>
  hops.map(
    ({ name, on, does, packet: now }) =>
      `${name}${on ? `, on ${on.name},` : ''} ${does}${now ? `: the packet goes on from ${now.from} to ${now.to}` : ''}.`,
  )

const takesPort = ({ part, was, is }: Change) => part === 'source' && portOf(was) !== portOf(is)

/** Which hop rewrites what, as a list. */
export function changeList(way: Way): Html {
  const changes = changesOf(way)
  if (changes.length === 0) return html`<p>No hop changes an address or a port. Both ends see the same four values.</p>`
  return html`<ol class="changes">${changes.map(({ hop, part, was, is }) => {
    const actor = hop.on?.name ?? `The ${hop.name}`
    const isHost = part === 'source' && portOf(was) === portOf(is)
    const [old, now] = isHost ? [hostOf(was), hostOf(is)] : [was, is]
    return html`<li><strong>${actor}</strong> replaces the ${part} <code>${old}</code> with <code>${now}</code>.</li>`
  })}</ol>${changes.some(takesPort) && html`<p>The port of the source changes too: many conversations share the new address, and the port tells them apart.</p>`}<p>The answer takes the same way back. ${
    changes.length > 1
      ? 'Each hop undoes its own translation in the answer, so the last one to translate is the first to undo.'
      : 'The same hop undoes its translation in the answer.'
  }</p>`
}

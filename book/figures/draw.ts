import { type Html, html } from '../../contract/html.ts'

/** Figures are as wide as a phone, so that their text is readable there without zoom. */
export const WIDTH = 360

export interface Box {
  x: number
  y: number
  w: number
  h: number
  /** The class says the colours: pod, node, outside, frame. */
  kind: string
}

export const box = ({ x, y, w, h, kind }: Box): Html =>
  html`<rect class="${kind}" x="${x}" y="${y}" width="${w}" height="${h}" rx="6"/>`

/** A text in a figure. `as` is a class: name, note, address, changed, frame-name. */
export const label = (x: number, y: number, text: string, as = 'note', anchor = 'start'): Html =>
  html`<text class="${as}" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`

/** A box with centred lines; the first line is its name. */
export function named(at: Box, name: string, ...notes: string[]): Html {
  const top = at.y + at.h / 2 + 4.5 - notes.length * 7.5
  const middle = at.x + at.w / 2
  return html`${box(at)}${label(middle, top, name, 'name', 'middle')}${notes.map((note, i) =>
    label(middle, top + 15 * (i + 1), note, 'note', 'middle'),
  )}`
}

/** A line with a head at its end, and with another one at its start if `both`. */
export function arrow([x1, y1]: Point, [x2, y2]: Point, kind = 'way', both = false): Html {
  const head = (x: number, y: number, fromX: number, fromY: number) => {
    const turn = (Math.atan2(y - fromY, x - fromX) * 180) / Math.PI
    return html`<path class="${kind}-head" d="M0 0L-8 -4L-8 4Z" transform="translate(${x} ${y}) rotate(${Math.round(turn)})"/>`
  }
  return html`<path class="${kind}" d="M${x1} ${y1}L${x2} ${y2}"/>${head(x2, y2, x1, y1)}${both && head(x1, y1, x2, y2)}`
}
export type Point = readonly [number, number]

/** A line without a head. */
export const line = ([x1, y1]: Point, [x2, y2]: Point, kind = 'wire'): Html =>
  html`<path class="${kind}" d="M${x1} ${y1}L${x2} ${y2}"/>`

/** A whole picture. Its title and its description are for screen readers. */
export const picture = (
  id: string,
  { w = WIDTH, h }: { w?: number; h: number },
  title: string,
  desc: string,
  body: Html,
): Html =>
  html`<svg class="figure" role="img" viewBox="0 0 ${w} ${h}" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${title}</title><desc id="${id}-desc">${desc}</desc>${body}</svg>`

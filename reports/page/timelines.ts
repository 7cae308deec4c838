import { z } from 'zod'
import type { Result } from '../model.ts'
import { type Html, html } from './html.ts'
import { count, duration, STATUS } from './words.ts'

/** What the drawing needs of a timeline's rows. */
const Rows = z.object({
  milliseconds: z.number(),
  requests: z.array(
    z.object({ at: z.number(), way: z.string(), by: z.string().optional(), failure: z.string().optional() }),
  ),
  events: z.array(z.object({ at: z.number(), uid: z.string(), pod: z.string(), change: z.string() })),
})
type Rows = z.infer<typeof Rows>

const [WIDTH, HEAD, LANE, TICKS] = [900, 150, 34, 90] as const
/** The largest number of backends of one drawing. */
const MOST = 24

/** The drawings of all Services whose backends were replaced. */
export function timelines(results: readonly Result[]): Html {
  const drawn = results.filter(({ timeline }) => timeline !== undefined)
  if (drawn.length === 0) return html``
  return html`<section id="timelines"><h2>While backends were replaced</h2>
<p class="legend"><span class="key lane-ready">ready</span> <span class="key lane-listed">listed as an endpoint</span> <span class="key lane-answer">answered requests</span> <span class="key lane-lost">✕ requests without an answer</span></p>
${drawn.map(timeline)}</section>`
}

function timeline({ id, title, row, status, timeline }: Result): Html {
  const rows = Rows.safeParse(timeline?.rows).data
  return html`<figure><figcaption><a href="#${id}">${id}</a> ${title}${row && html`: ${row}`}. ${STATUS[status].word}.${rows && ` ${lostWords(rows)}`}</figcaption>
${rows && drawing(rows)}<details><summary>As text</summary><pre class="wide" tabindex="0" role="group" aria-label="Timeline of ${id} as text">${timeline?.drawing ?? ''}</pre></details></figure>`
}

function lostWords({ requests, milliseconds }: Rows): string {
  const lost = requests.filter(({ failure }) => failure !== undefined).length
  return `${count(requests.length, 'request')} in ${duration(milliseconds)}, ${lost} without an answer.`
}

/** Each backend is a lane: when it was ready and listed, and when it answered. The last lanes are requests that were lost. */
function drawing({ milliseconds, requests, events }: Rows): Html {
  const x = (ms: number) => HEAD + (Math.min(ms, milliseconds) / Math.max(1, milliseconds)) * (WIDTH - HEAD - 10)
  const pods = [...new Map(events.map(({ uid, pod }) => [uid, pod]))].slice(0, MOST)
  const lanes = pods.map(([uid, pod], i) => {
    const own = events.filter((event) => event.uid === uid)
    const answers = requests.filter(({ by, failure }) => by === uid && failure === undefined)
    return html`<g transform="translate(0 ${i * LANE})">${laneName(pod.split('-').slice(-2).join('-'))}
${spans(own, ['ready'], ['not ready', 'terminated', 'gone'], milliseconds).map(([from, to]) => bar('ready', x(from), x(to), 4, 10))}
${spans(own, ['listed'], ['unlisted', 'listed, not ready', 'listed, terminating'], milliseconds).map(([from, to]) => bar('listed', x(from), x(to), 15, 3))}
${ticks(answers, milliseconds, x, 'answer', 20)}</g>`
  })
  const lost = [
    ...Map.groupBy(
      requests.filter(({ failure }) => failure !== undefined),
      ({ way }) => way,
    ),
  ].slice(0, 8)
  const losses = lost.map(
    ([way, some], i) =>
      html`<g transform="translate(0 ${(pods.length + i) * LANE})">${laneName(`lost ${way}`)}${ticks(some, milliseconds, x, 'lost', 8)}</g>`,
  )
  const height = (pods.length + lost.length) * LANE + 22
  return html`<div class="wide" role="group" tabindex="0" aria-label="Timeline"><svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${lostWords({ milliseconds, requests, events })}">
${lanes}${losses}${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<text x="${Math.round(x(milliseconds * share))}" y="${height - 4}" class="time" text-anchor="${share === 1 ? 'end' : share === 0 ? 'start' : 'middle'}">${duration(milliseconds * share)}</text>`)}</svg></div>`
}

const laneName = (text: string): Html => html`<text x="0" y="16">${text.slice(0, 24)}</text>`

const bar = (kind: string, from: number, to: number, y: number, height: number): Html =>
  html`<rect class="lane-${kind}" x="${Math.round(from)}" y="${y}" width="${Math.max(2, Math.round(to - from))}" height="${height}"/>`

/** The times between a change that begins a state and the next one that ends it. */
function spans(
  events: Rows['events'],
  begins: readonly string[],
  ends: readonly string[],
  length: number,
): [number, number][] {
  const found: [number, number][] = []
  let from: number | undefined
  for (const { at, change } of events.toSorted((a, b) => a.at - b.at)) {
    if (begins.includes(change)) from ??= at
    if (from === undefined || !ends.includes(change)) continue
    found.push([from, at])
    from = undefined
  }
  return from === undefined ? found : [...found, [from, length]]
}

/** Requests as ticks, at most so many, each as high as its number of requests. */
function ticks(requests: Rows['requests'], length: number, x: (ms: number) => number, kind: string, y: number): Html {
  const step = Math.max(1, length / TICKS)
  const bins = [...Map.groupBy(requests, ({ at }) => Math.floor(at / step))]
  return html`${bins.map(([bin, some]) => {
    const height = Math.min(10, 3 + some.length)
    return html`<rect class="lane-${kind}" x="${Math.round(x(bin * step))}" y="${y + 10 - height}" width="4" height="${height}"><title>${count(some.length, 'request')}</title></rect>`
  })}`
}

import { type Html, html } from '../reports/page/html.ts'
import { duration } from '../reports/page/words.ts'
import { WATCH_KINDS, type WatchReport } from './schema.ts'

const [WIDTH, HEAD, LANE, BAR] = [900, 250, 40, 5] as const
/** The directions, and the nodes, that are drawn. */
const MOST = 40
const LONGEST_NAME = 36

/** The drawing of a watch: a lane for each direction with darkness, with a bar for each kind of conversation, and one for each node. */
export function timeline(report: WatchReport): Html {
  const { directions, nodes, command, happenings } = report
  const length = Math.max(1, report.seconds * 1000)
  const x = (ms: number) => HEAD + (Math.min(Math.max(0, ms), length) / length) * (WIDTH - HEAD - 10)
  const bar = (look: string, from: number, to: number, y: number, height: number, says: string) =>
    html`<rect class="lane-${look}" x="${x(from).toFixed(1)}" y="${y}" width="${Math.max(2, x(to) - x(from)).toFixed(1)}" height="${height}"><title>${says}</title></rect>`
  const lanes: { title: string; body: Html }[] = []
  if (command) {
    const says = `the command, ${duration(command.to - command.from)}`
    lanes.push({ title: 'the command', body: bar('ready', command.from, command.to, 8, 14, says) })
  }
  for (const { from, to, kinds } of directions.filter(({ longestMs }) => longestMs > 0).slice(0, MOST))
    lanes.push({
      title: `${from} → ${to}`,
      body: html`${kinds.map(({ kind, dark }) => dark.map((span) => bar('lost', span.from, span.to, 3 + WATCH_KINDS.indexOf(kind) * (BAR + 2), BAR, `${kind}: dark for ${duration(span.to - span.from)}`)))}`,
    })
  for (const { node, absent, noCpu } of nodes.filter(({ absentMs, noCpuMs }) => absentMs + noCpuMs > 0).slice(0, MOST))
    lanes.push({
      title: `${node}: its probe`,
      body: html`${absent.map((span) => bar('answer', span.from, span.to, 8, 14, `no probe for ${duration(span.to - span.from)}`))}${noCpu.map((span) => bar('listed', span.from, span.to, 24, 5, `no CPU for ${duration(span.to - span.from)}`))}`,
    })
  if (lanes.length === 0) return html`<p>Nothing was dark, and every probe was there all the time.</p>`
  const height = lanes.length * LANE + 30
  const marks = happenings.map(
    ({ at, says }) =>
      html`<rect class="lane-listed" x="${x(at).toFixed(1)}" y="0" width="1" height="${height - 22}"><title>${duration(Math.max(0, at))}: ${says}</title></rect>`,
  )
  return html`<p class="legend"><span class="key lane-lost">dark: one bar for each kind, from above ${WATCH_KINDS.join(', ')}</span> <span class="key lane-answer">no probe there</span> <span class="key lane-listed">no CPU; thin lines: what happened to nodes</span> <span class="key lane-ready">the command</span></p>
<div class="wide" role="group" tabindex="0" aria-label="Timeline"><svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Dark times of ${directions.length} directions; the table below says them in words">
${lanes.map(({ title, body }, i) => html`<g transform="translate(0 ${i * LANE})"><text x="0" y="20">${title.length > LONGEST_NAME ? `${title.slice(0, LONGEST_NAME - 1)}…` : title}</text>${body}</g>`)}${marks}
${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<text x="${Math.round(x(length * share))}" y="${height - 4}" class="time" text-anchor="${share === 1 ? 'end' : share === 0 ? 'start' : 'middle'}">${duration(length * share)}</text>`)}</svg></div>`
}

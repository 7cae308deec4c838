import { styleText } from 'node:util'

/** What is printed fits into a terminal of this width. */
export const COLUMNS = 80

/** Colours where the stream shows them; every mark also reads without. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

export const painter =
  (stream: NodeJS.WriteStream): Paint =>
  (style, text) =>
    styleText(style, text, { stream })

/** Milliseconds for people. */
export const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

/** A line that starts with a label and a gap, such as `  server saw    10.0.0.1:7000`. */
const LABELLED = /^ +\S+(?: \S+)? {3,}(?=\S)/

/** Breaks text into lines of that width, at spaces; a word that is longer stays whole. A labelled line goes on under its text. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const start = (LABELLED.exec(line) ?? /^ */.exec(line))?.[0] ?? ''
    const out: string[] = []
    let indent = start
    let now = ''
    for (const word of line.slice(start.length).split(' ')) {
      if (now && indent.length + now.length + 1 + word.length > width) {
        out.push(indent + now.trimEnd())
        indent = ' '.repeat(start.length)
        now = word
      } else now = now ? `${now} ${word}` : word
    }
    return [...out, indent + now]
  })
}

/** Everything that is told below a heading starts in this column; labels stand before it. */
export const MARGIN = ' '.repeat(14)

/** Text beside a label: as many lines as it takes, the label before the first one, or above it where it is too long. */
export function labelled(label: string, text: string, paint = (margin: string) => margin): string[] {
  const lines = wrap(text, COLUMNS - MARGIN.length)
  if (label.length >= MARGIN.length) return [paint(label), ...lines.map((line) => MARGIN + line)]
  return lines.map((line, i) => (i === 0 ? paint(label.padEnd(MARGIN.length)) : MARGIN) + line)
}

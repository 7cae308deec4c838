import { styleText } from 'node:util'

/** The width of a terminal into which all output fits. */
export const COLUMNS = 80

/** Colours a text if the stream shows colours. Every mark can also be read without them. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

export const painter =
  (stream: NodeJS.WriteStream): Paint =>
  (style, text) =>
    styleText(style, text, { stream })

/** Milliseconds as text, in ms or in s. */
export const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

/** A line that starts with a label and a gap, such as `  server saw    10.0.0.1:7000`. */
const LABELLED = /^ +\S+(?: \S+)? {3,}(?=\S)/

/** Breaks text into lines of that width at spaces. A longer word stays whole. A labelled line continues below its text. */
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

/** The margin of the text below a heading. Labels stand inside the margin. */
export const MARGIN = ' '.repeat(14)

/** Text with a label before its first line, or above it if the label is longer than the margin. */
export function labelled(label: string, text: string, paint = (margin: string) => margin): string[] {
  const lines = wrap(text, COLUMNS - MARGIN.length)
  if (label.length >= MARGIN.length) return [paint(label), ...lines.map((line) => MARGIN + line)]
  return lines.map((line, i) => (i === 0 ? paint(label.padEnd(MARGIN.length)) : MARGIN) + line)
}

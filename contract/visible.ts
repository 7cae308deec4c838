/** Control characters, halves of surrogate pairs, direction overrides, and what XML does not allow. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufffe\uffff]/gu

/** The text with every character that would change how other text is shown written as its number. Line breaks and tabs stay. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (found) =>
    found === '\n' || found === '\t' ? found : `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`,
  )

/** The beginning of a text that is longer than that many characters. */
export const clipped = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text

/** Printed text without what GitHub Actions takes for a command: `::name …::` at the start of a line, and `##[` anywhere. */
export const withoutCommands = (text: string): string =>
  text.replace(/^((?:\p{Cc}\[[\d;]*m|\s)*):(?=:[\w-]+.*::)/gmu, '$1\\:').replaceAll('##[', '#\\#[')

/** An object as JSON to print, without what GitHub Actions takes for a command. A line of JSON begins with none. */
export const printedJson = (object: unknown): string =>
  `${JSON.stringify(object, null, 2).replaceAll('##[', '#\\u0023[')}\n`

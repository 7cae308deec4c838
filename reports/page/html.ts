/** HTML that is ready for the page. Only `html` and `trusted` make it, so a string never becomes markup by accident. */
export interface Html {
  readonly markup: string
}

type Value = Html | string | number | false | undefined | readonly Value[]

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' },
}

const isHtml = (value: Value): value is Html => typeof value === 'object' && 'markup' in value

/** Control characters, and characters that change the direction of the text around them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach the page
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

function escaped(value: Value): string {
  if (value === undefined || value === false) return ''
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string')
    return value.replace(INVISIBLE, '\ufffd').replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '')
  return isHtml(value) ? value.markup : value.map(escaped).join('')
}

/** A template of HTML. Every value is escaped, in text and in quoted attributes, unless it is HTML already. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Html => ({
  markup: strings.map((part, i) => part + escaped(values[i])).join(''),
})

/** Text of this program that is HTML already, such as its style. Never for anything that came from a cluster. */
export const trusted = (markup: string): Html => ({ markup })

/** The longest text of a cluster on the page. report.yaml has all of it. */
const LONGEST = 1200

/** A text, cut if it is very long. */
export const cut = (text: string, longest = LONGEST): string =>
  text.length > longest ? `${text.slice(0, longest)} … (${text.length - longest} more characters)` : text

/** A name from a cluster: short, in a direction of its own, so that a right-to-left name does not turn its neighbours. */
export const name = (text: string, longest = 80): Html => html`<bdi>${cut(text, longest)}</bdi>`

/** Values with a separator between them. */
export const joined = (values: readonly (Html | string)[], separator = ', '): Html =>
  html`${values.map((value, i) => [i > 0 && separator, value])}`

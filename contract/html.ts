/** A piece of HTML that is safe to print. An object that only looks like one is escaped. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

type Value = Html | string | number | boolean | null | undefined | readonly Value[]

const NAMES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** Characters that are not allowed in HTML, or that turn the direction of the text around them. */
const UNFIT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not come through
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g

const escaped = (text: string) => text.replace(UNFIT, '\ufffd').replace(/[&<>"'`]/g, (sign) => NAMES[sign] ?? sign)

function printed(value: Value): string {
  if (value instanceof Html) return value.markup
  if (Array.isArray(value)) return value.map(printed).join('')
  return value === null || value === undefined || typeof value === 'boolean' ? '' : escaped(String(value))
}

/** HTML with values in it. A text is escaped, a list is joined, nested HTML stays as it is, and no value is nothing. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.map((part, i) => `${part}${printed(values[i])}`).join(''))

import { Html, html } from '../../contract/html.ts'

export { type Html, html }

/** Text of this program that is HTML already, such as its style. Never for anything that came from a cluster. */
export const trusted = (markup: string): Html => new Html(markup)

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

import type { Verdict } from './verdict.ts'

/** The words and the colour of each result. The colours keep a contrast of 4.5 with white. */
const LOOKS = {
  conformant: ['conformant', '#237a3b'],
  partial: ['conformant as far as tested', '#7a5d00'],
  'non-conformant': ['not conformant', '#b3261e'],
  inconclusive: ['inconclusive', '#5f5f5f'],
} as const

const LABEL = 'Kubernetes network model'
/** The width of a character of 11 pixels, as a browser without the font would draw it at the widest. */
const CHARACTER = 6.6

/** A badge with the result of core. It has no text of the cluster. */
export function badgeOf({ result }: Pick<Verdict, 'result'>): string {
  const [words, colour] = LOOKS[result]
  const [left, right] = [LABEL, words].map((text) => Math.round(text.length * CHARACTER) + 12) as [number, number]
  const text = (x: number, width: number, said: string) =>
    `<text x="${x + width / 2}" y="14" textLength="${width - 12}">${said}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${LABEL}: ${words}">
<title>${LABEL}: ${words}</title>
<rect width="${left}" height="20" fill="#444"/><rect x="${left}" width="${right}" height="20" fill="${colour}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
${text(0, left, LABEL)}
${text(left, right, words)}
</g>
</svg>
`
}

import { type Html, html } from '../contract/html.ts'
import { GLOSSARY, termId } from './glossary.ts'
import { issueUrl, SIGNS, withoutDefinitions } from './sources.ts'

/** What prose can point to. */
export interface Places {
  /** The address of a promise; undefined if there is none with this id. */
  promise: (id: string) => string | undefined
  /** The definitions of the links in this text. */
  urls: ReadonlyMap<string, string>
  /** The terms that this page has explained already. The first use of a term is a link to the glossary. */
  explained: Set<string>
}

const dedent = (text: string) => text.replace(/^[ \t]+/gm, '').trim()
const sameIndent = (text: string) => {
  const indent = Math.min(...text.split('\n').map((line) => (line.trim() ? line.search(/\S/) : 99)))
  return text.replace(new RegExp(`^ {0,${indent}}`, 'gm'), '')
}

/** The description of a Feature, a Rule or a scenario as paragraphs. Its drawings of text are left out where a picture replaces them. */
export function prose(description: string, places: Places, hasPicture = false): Html {
  const blocks = withoutDefinitions(description).split(/^[ \t]*```[ \t]*\n?/m)
  return html`${blocks.map((block, i) => (i % 2 === 0 ? paragraphs(block, places) : !hasPicture && preformatted(block)))}`
}

/** A drawing of text. It scrolls on a narrow screen, so the keyboard must reach it. */
export const preformatted = (text: string, label = 'Drawing of text'): Html =>
  html`<pre tabindex="0" role="group" aria-label="${label}">${sameIndent(text).trimEnd()}</pre>`

const paragraphs = (text: string, places: Places): Html[] =>
  dedent(text)
    .split(/\n{2,}/)
    .filter((part) => part.trim())
    .map((part) => html`<p>${inline(part.replace(/\s+/g, ' ').trim(), places)}</p>`)

/** A line of prose: code, links, ids of promises and terms of the glossary. */
export function inline(text: string, places: Places): Html {
  const quotes = { open: false }
  const out: Html[] = []
  let end = 0
  for (const sign of text.matchAll(SIGNS)) {
    out.push(plain(text.slice(end, sign.index), places, quotes), signed(sign, places))
    end = sign.index + sign[0].length
  }
  return html`${out}${plain(text.slice(end), places, quotes)}`
}

function signed({ 0: whole, groups = {} }: RegExpMatchArray, { urls }: Places): Html {
  const { code, label, key, link, bare, tracker, issue } = groups
  if (code) return html`<code>${code}</code>`
  const url = link ?? bare ?? urls.get(key ?? '') ?? (tracker && issue && issueUrl(tracker, issue))
  return url ? html`<a href="${url}">${label ?? whole}</a>` : html`${whole}`
}

/** A title or a sentence with the quotation marks and apostrophes of a book. */
export const typographic = (text: string): string => text.replace(/"([^"]*)"/g, '“$1”').replace(/'/g, '’')

/** Text without signs: quotation marks become curly, ids and terms become links. */
function plain(text: string, places: Places, quotes: { open: boolean }): Html {
  const curly = text
    .replace(/"/g, () => {
      quotes.open = !quotes.open
      return quotes.open ? '“' : '”'
    })
    .replace(/'/g, '’')
  return html`${curly.split(WORDS).map((part, i) => (i % 2 === 1 ? linked(part, places) : part))}`
}

const spellings = GLOSSARY.flatMap(({ name, also = [] }) =>
  [name, ...also].map((word) => [word.toLowerCase(), name] as const),
)
const TERMS = new Map(spellings)
const WORDS = new RegExp(
  `(\\b[A-Z]{1,2}\\d\\d\\b|\\b(?:${[...TERMS.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/[^\w ]/g, '\\$&'))
    .join('|')})(?:e?s)?\\b)`,
  'gi',
)

function linked(word: string, { promise, explained }: Places): Html {
  const url = promise(word)
  if (url) return html`<a href="${url}">${word}</a>`
  const lower = word.toLowerCase()
  const term = TERMS.get(lower) ?? TERMS.get(lower.replace(/s$/, '')) ?? TERMS.get(lower.replace(/es$/, ''))
  if (term === undefined || explained.has(term)) return html`${word}`
  explained.add(term)
  return html`<a class="term" href="glossary.html#${termId(term)}">${word}</a>`
}

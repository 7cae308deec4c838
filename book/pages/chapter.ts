import { type Html, html } from '../../contract/html.ts'
import { CHAPTERS } from '../chapters.ts'
import type { Chapter, Section } from '../contents.ts'
import { smallPicture } from '../figures/small.ts'
import { changeList, wayPicture } from '../figures/way.ts'
import { WAYS } from '../figures/ways.ts'
import { EXAMPLE, SEEN, type WayName } from '../figures/world.ts'
import type { Run } from '../measured.ts'
import { type Places, prose, typographic } from '../prose.ts'
import type { Page } from './layout.ts'
import { requirement } from './promise.ts'

/** The features that show the way of a packet. */
const FIGURES: Record<string, WayName> = {
  'features/2-pods/2-no-translation.feature': 'pods',
  'features/5-services/1-virtual-ip.feature': 'service',
  'features/7-outside/1-node-port.feature': 'nodePort',
  'features/7-outside/7-internet-gateway.feature': 'egress',
}

/** The figure of a way: the picture, and which hop rewrites what. The values are those of the run, if it has measured this way. */
function wayFigure(name: WayName, run?: Run): Html {
  const isMeasured = run?.measuredWays.has(name) ?? false
  const way = WAYS[name](isMeasured && run ? run.world : EXAMPLE, isMeasured && run ? run.seen[name] : SEEN[name])
  return html`<figure class="way">${wayPicture(`way-${name}`, way)}<figcaption><h3>${way.title}</h3>${changeList(way)}<p class="note">${
    isMeasured ? 'The addresses are those that this run has measured.' : 'The addresses are an example.'
  }</p></figcaption></figure>`
}

const figureOf = ({ uri }: Section, run?: Run): Html | undefined => {
  const name = FIGURES[uri]
  return name && wayFigure(name, run)
}

function section(each: Section, places: Omit<Places, 'urls'>, run?: Run): Html {
  const here: Places = { ...places, urls: each.urls }
  const figure = figureOf(each, run)
  return html`<section class="feature" aria-labelledby="${each.anchor}">
<h2 id="${each.anchor}">${capital(each.title)}</h2>
${prose(each.description, here, figure !== undefined)}
${figure}
${each.rules.map((rule) => requirement(rule, here, run))}</section>
`
}

/** A title of a feature, as a heading. */
export const capital = (text: string): string => typographic(text.charAt(0).toUpperCase() + text.slice(1))

/** What is in a chapter: its features and their Rules. */
const inside = ({ sections }: Chapter): Html =>
  html`<nav class="inside" aria-label="In this chapter"><ul>${sections.map(
    ({ title, anchor, rules }) =>
      html`<li><a href="#${anchor}">${capital(title)}</a><ul>${rules.map(
        (rule) =>
          html`<li><a href="#${rule.anchor}">${typographic(rule.title)}</a> <small>${[...new Set(rule.promises.map(({ id }) => id))].join(' ')}</small></li>`,
      )}</ul></li>`,
  )}</ul></nav>`

const turn = (by: -1 | 1, slug: string): Html | undefined => {
  const to = CHAPTERS[CHAPTERS.findIndex((each) => each.slug === slug) + by]
  return (
    to &&
    html`<a rel="${by < 0 ? 'prev' : 'next'}" href="${to.slug}.html">${by < 0 ? 'Before' : 'Next'}: ${to.title}</a>`
  )
}

/** The page of a chapter. */
export function chapterPage(chapter: Chapter, promise: Places['promise'], run?: Run): Page {
  const { slug, page, about, title, says, sections } = chapter
  const places = { promise, explained: new Set<string>() }
  return {
    ...{ file: page, title, says },
    body: html`<p class="about">${about}</p>
<h1>${title}</h1>
<div class="opening"><p class="lead">${says}</p>${smallPicture(slug)}</div>
${inside(chapter)}
<p class="note">A <a class="term" href="glossary.html#scenario">scenario</a> is one test. A word in <var>italics</var> stands for each of the values that are listed below its scenario.</p>
${sections.map((each) => section(each, places, run))}
<nav class="turn" aria-label="Chapters before and after">${turn(-1, slug)}${turn(1, slug)}</nav>`,
  }
}

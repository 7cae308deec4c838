import { html } from '../../contract/html.ts'
import { FAULTS } from '../../faults/index.ts'
import { type Chapter, promisesOf } from '../contents.ts'
import { GLOSSARY, termId } from '../glossary.ts'
import type { Run } from '../measured.ts'
import { inline, type Places, typographic } from '../prose.ts'
import type { Page } from './layout.ts'
import { badge } from './measured.ts'

/** All promises by their ids. */
export function promisesPage(chapters: readonly Chapter[], run?: Run): Page {
  const all = Map.groupBy(promisesOf(chapters), ({ promise }) => promise.id)
  const rows = [...all].map(([id, [first, ...more]]) => {
    if (!first) return undefined
    const links = [first, ...more].map(
      ({ chapter, rule, promise }, i) =>
        html`${i > 0 && html`<br>`}<a href="${chapter.page}#${promise.anchor}">${typographic(rule.title)}</a>`,
    )
    return html`<tr id="${id}"><th scope="row">${id}</th><td>${links}</td><td>${first.promise.level}</td>${run && html`<td>${badge(run.promise(id))}</td>`}</tr>`
  })
  return {
    ...{
      file: 'promises.html',
      title: 'All promises',
      says: 'Every promise of the Kubernetes network model, by its id.',
    },
    body: html`<h1>All promises</h1>
<p class="lead">Every cluster must keep the core promises. The extended ones depend on what a cluster can do.</p>
<table class="promises"><thead><tr><th scope="col">Id</th><th scope="col">Promise</th><th scope="col">Level</th>${run && html`<th scope="col">Result</th>`}</tr></thead><tbody>
${rows}</tbody></table>`,
  }
}

/** All faults, and the promises that each breaks. */
export const faultsPage = (promise: Places['promise']): Page => ({
  ...{ file: 'faults.html', title: 'All faults', says: 'How the Kubernetes network model breaks in practice.' },
  body: html`<h1>All faults</h1>
<p class="lead">How the model breaks in practice. <code>flatnet prove</code> injects each fault into a cluster, and checks that the promises named here then fail.</p>
<dl class="faults">${FAULTS.map(
    ({ id, says, breaks, where }) =>
      html`<div id="${id}"><dt>${says}</dt><dd><code>${id}</code> (${where}) breaks ${[...new Set(breaks.map((claim) => claim.id))].map((each, i) => html`${i > 0 && ', '}<a href="${promise(each)}">${each}</a>`)}.</dd></div>
`,
  )}</dl>`,
})

/** All terms, in plain words. */
export function glossaryPage(promise: Places['promise']): Page {
  const places = { promise, urls: new Map(), explained: new Set<string>() }
  return {
    ...{ file: 'glossary.html', title: 'Glossary', says: 'The terms of Kubernetes networking in plain words.' },
    body: html`<h1>Glossary</h1>
<p class="lead">The terms of this book in plain words.</p>
<dl class="glossary">${GLOSSARY.map(({ name, also = [], means, page }) => {
      places.explained = new Set(GLOSSARY.map((term) => term.name))
      return html`<div id="${termId(name)}"><dt>${name}${also.length > 0 && html` <small>also ${also.join(', ')}</small>`}</dt><dd>${inline(means, places)}${page && html` <a href="${page}">More<span class="hidden"> about ${name}</span></a>`}</dd></div>
`
    })}</dl>`,
  }
}

import { createHash } from 'node:crypto'
import type { Model } from '../model.ts'
import type { Verdict } from '../verdict.ts'
import { aboutSection, headWords } from './about.ts'
import { firstScreen } from './first.ts'
import { html, trusted } from './html.ts'
import { matrices } from './matrix.ts'
import { placesOf } from './places.ts'
import { promisesOf } from './promises.ts'
import { scenarios } from './scenarios.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'
import { timelines } from './timelines.ts'
import { topology } from './topology.ts'
import { trailOf } from './trail.ts'
import { untestedSection } from './untested.ts'
import { headlineOf } from './words.ts'

// The browser runs the page's own script and no other, and loads nothing.
const digest = createHash('sha256').update(SCRIPT).digest('base64')
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; img-src data:; base-uri 'none'; form-action 'none'`

/** The page of a run: one HTML document that needs no other file. It can be read without its script. */
export function pageOf(model: Model, verdict: Verdict): string {
  const promises = promisesOf(model, verdict)
  const layout = placesOf(model)
  const { mark, word } = headlineOf(verdict)
  const sections = [
    { id: 'topology', title: 'Topology', body: topology(layout, trailOf(verdict, layout)) },
    { id: 'reachability', title: 'Reachability', body: matrices(model) },
    { id: 'timelines', title: 'Timelines', body: timelines(model.results) },
    { id: 'untested', title: 'Not tested', body: untestedSection(verdict) },
    { id: 'scenarios', title: 'Promises', body: scenarios(promises) },
    { id: 'about', title: 'Cluster', body: aboutSection(model) },
  ].filter(({ body }) => body.markup !== '')
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="data:,">
<title>${mark} ${word} – flatnet</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#verdict">Skip to the verdict</a>
<header><p><b>flatnet</b> <span>${headWords(model)}</span></p>
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a> `)}</nav></header>
<main>
${firstScreen(model, verdict, promises)}
${sections.map(({ body }) => body)}
</main>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`.markup
}

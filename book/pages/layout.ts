import { Html, html } from '../../contract/html.ts'
import { CHAPTERS } from '../chapters.ts'

/** The mark by which flatnet knows its own pages. */
export const MARK = 'name="generator" content="flatnet docs"'

export interface Page {
  /** Its file. */
  file: string
  title: string
  /** One sentence for search engines and link previews. */
  says: string
  body: Html
}

export const NAME = 'The Kubernetes network model'

/** The pages after the chapters. */
const MORE = [
  ['promises.html', 'All promises'],
  ['faults.html', 'All faults'],
  ['glossary.html', 'Glossary'],
] as const

const entry = (file: string, text: Html, now: string): Html =>
  html`<li><a href="${file}"${file === now && html` aria-current="page"`}>${text}</a></li>`

/** The chapters as a list of links. */
const chapterNav = (now: string, more: readonly Page[]): Html => html`<nav class="chapters" aria-label="Chapters">
<ul>${entry('index.html', html`Start`, now)}</ul>
<ol>${CHAPTERS.map(({ slug, about, title }) => entry(`${slug}.html`, html`<small>${about}</small> ${title}`, now))}</ol>
<ul>${[...MORE, ...more.map(({ file, title }) => [file, title] as const)].map(([file, title]) => entry(file, html`${title}`, now))}</ul>
</nav>`

/** The search field. Without a script it is not shown. */
const SEARCH = html`<form class="search" role="search" hidden>
<label for="query">Search</label>
<input id="query" type="search" autocomplete="off" spellcheck="false" placeholder="P04, ClusterIP, MTU …">
<p id="found" role="status"></p>
<ul id="results" aria-label="Search results"></ul>
</form>`

/**
 * A whole page. All of it works from disk: it loads only files of its own folder.
 * @param more pages that only some books have; each page links to them.
 */
export function layout({ file, title, says, body }: Page, more: readonly Page[] = []): string {
  const heading = file === 'index.html' ? NAME : `${title} · ${NAME}`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta ${new Html(MARK)}>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${says}">
<title>${heading}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="book.css">
<script defer src="search-index.js"></script>
<script defer src="search.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header><a class="home" href="index.html">${NAME}</a><a class="to-contents" href="index.html#contents">Contents</a>${SEARCH}</header>
<div class="columns">
${chapterNav(file, more)}
<main id="content" tabindex="-1">
${body}
</main>
</div>
<footer>A book made by <code>flatnet docs</code> from the features that it tests clusters with. It loads nothing from any network.</footer>
</body>
</html>
`.markup
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../contract/files.ts'
import type { Model } from '../reports/model.ts'
import type { Specification } from '../suite/features.ts'
import { chaptersOf, promisesOf } from './contents.ts'
import type { Implementation } from './implementations.ts'
import { runOf } from './measured.ts'
import { chapterPage } from './pages/chapter.ts'
import { IMPLEMENTATIONS, implementationsPage, reportFile } from './pages/implementations.ts'
import { layout, MARK } from './pages/layout.ts'
import { faultsPage, glossaryPage, promisesPage } from './pages/lists.ts'
import { startPage } from './pages/start.ts'
import { searchIndex } from './search-index.ts'

export { MARK }

/** Files that are the same in each book. */
const ASSETS = ['book.css', 'search.js']

/** What a book may show besides the specification: what a run has measured, and reports of tested networks. */
export interface Shown {
  model?: Model | undefined
  implementations?: readonly Implementation[] | undefined
}

/** The files of the book by their names. The same input gives the same files. */
export function bookOf(specification: Specification, { model, implementations = [] }: Shown = {}): Map<string, string> {
  const chapters = chaptersOf(specification)
  const run = model && runOf(model)
  const places = new Map(
    promisesOf(chapters).map(({ chapter, promise }) => [promise.anchor, `${chapter.page}#${promise.anchor}`]),
  )
  const promise = (id: string) => places.get(id)
  const pages = [
    startPage(chapters, run),
    ...chapters.map((chapter) => chapterPage(chapter, promise, run)),
    promisesPage(chapters, run),
    faultsPage(promise),
    glossaryPage(promise),
    ...(implementations.length > 0 ? [implementationsPage(implementations)] : []),
  ]
  const more = pages.filter(({ file }) => file === IMPLEMENTATIONS)
  return new Map([
    ...pages.map((page) => [page.file, layout(page, more)] as const),
    ...implementations.map((each) => [reportFile(each), each.text] as const),
    ...ASSETS.map((name) => [name, readFileSync(join(packageRoot(), 'book', 'assets', name), 'utf8')] as const),
    ['search-index.js', searchIndex(chapters)],
  ])
}

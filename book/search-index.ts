import { type Chapter, promisesOf } from './contents.ts'
import { GLOSSARY, termId } from './glossary.ts'
import { capital } from './pages/chapter.ts'
import { typographic } from './prose.ts'
import { withoutDefinitions } from './sources.ts'

/** One thing that the search finds. */
interface Entry {
  /** Its address. */
  at: string
  /** Its id, or nothing. */
  id: string
  title: string
  chapter: string
  /** Further words by which it is found. */
  words: string
}

const words = (...texts: string[]) =>
  [
    ...new Set(
      withoutDefinitions(texts.join(' '))
        .replace(/https?:\S+/g, ' ')
        .toLowerCase()
        .match(/[\p{L}\d][\p{L}\d.-]*[\p{L}\d]/gu) ?? [],
    ),
  ].join(' ')

/** All promises, features and terms, for the search. */
function entriesOf(chapters: readonly Chapter[]): Entry[] {
  const features = chapters.flatMap(({ page, title, sections }) =>
    sections.map((section) => ({
      ...{ at: `${page}#${section.anchor}`, id: '', title: capital(section.title), chapter: title },
      words: words(section.description),
    })),
  )
  const promises = promisesOf(chapters).map(({ chapter, rule, promise: { id, anchor, scenarios, faults } }) => ({
    ...{ at: `${chapter.page}#${anchor}`, id, title: typographic(rule.title), chapter: chapter.title },
    words: words(
      rule.description,
      ...scenarios.map(({ name }) => name),
      ...faults.flatMap((fault) => [fault.id, fault.says]),
    ),
  }))
  const terms = GLOSSARY.map(({ name, also = [], means }) => ({
    ...{ at: `glossary.html#${termId(name)}`, id: '', title: name, chapter: 'Glossary' },
    words: words(...also, means),
  }))
  return [...terms, ...features, ...promises]
}

/** The index as a script, because a page from disk may not fetch a file. `<` cannot end the script. */
export const searchIndex = (chapters: readonly Chapter[]): string =>
  `globalThis.flatnetBook = [\n${entriesOf(chapters)
    .map(({ at, id, title, chapter, words: more }) =>
      JSON.stringify([at, id, title, chapter, more]).replaceAll('<', '\\u003c'),
    )
    .join(',\n')}\n]\n`

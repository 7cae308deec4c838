import type { Feature, Rule, Scenario } from '@cucumber/messages'
import type { Level } from '../contract/row.ts'
import { FAULTS } from '../faults/index.ts'
import type { Specification } from '../suite/features.ts'
import { CHAPTERS, type Heading } from './chapters.ts'
import { definitionsIn, type Source, sourcesIn } from './sources.ts'

/** A fault as a reader needs it. */
export interface Break {
  id: string
  says: string
}

/** The scenarios of one id below one Rule. */
export interface Promised {
  id: string
  /** Its place on the page. An id below a second Rule gets a number. */
  anchor: string
  isFirst: boolean
  level: Level
  scenarios: Scenario[]
  sources: Source[]
  faults: readonly Break[]
}

/** A Rule of a feature. */
export interface Requirement {
  title: string
  anchor: string
  description: string
  promises: Promised[]
}

/** A feature. */
export interface Section {
  title: string
  anchor: string
  uri: string
  description: string
  urls: ReadonlyMap<string, string>
  rules: Requirement[]
}

export interface Chapter extends Heading {
  page: string
  sections: Section[]
}

const ID = /^@([A-Z]{1,2}\d\d)$/
const idOf = ({ tags }: Scenario) => tags.map(({ name }) => ID.exec(name)?.[1]).find(Boolean) ?? ''
const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** The faults that claim a promise. */
const faultsOf = (id: string): Break[] => FAULTS.filter(({ breaks }) => breaks.some((claim) => claim.id === id))

const levelOf = (feature: Feature, rule: Rule, scenarios: readonly Scenario[]): Level =>
  [feature, rule, ...scenarios].some(({ tags }) => tags.some(({ name }) => name === '@core')) ? 'core' : 'extended'

/** The chapters of the book, read from the features. A feature without a chapter is a mistake in CHAPTERS. */
export function chaptersOf({ documents }: Specification): Chapter[] {
  const seen = new Map<string, number>()
  const lost = documents.filter(({ uri = '' }) => CHAPTERS.filter(({ features }) => features.test(uri)).length !== 1)
  if (lost.length > 0) throw new Error(`${lost[0]?.uri} must be in one chapter of book/chapters.ts`)
  return CHAPTERS.map((heading) => ({
    ...heading,
    page: `${heading.slug}.html`,
    sections: documents
      .filter(({ uri = '' }) => heading.features.test(uri))
      .flatMap(({ feature, uri = '' }) => (feature ? [sectionOf(feature, uri, seen)] : [])),
  }))
}

function sectionOf(feature: Feature, uri: string, seen: Map<string, number>): Section {
  const rules = feature.children.flatMap(({ rule }) => rule ?? [])
  const texts = [feature, ...rules].map(({ description }) => description)
  const urls = new Map(texts.flatMap((text) => [...definitionsIn(text)]))
  return {
    title: feature.name.replace(/^(Rule|Problem) \d: /, ''),
    anchor: slug(feature.name),
    uri,
    description: feature.description,
    urls,
    rules: rules.map((rule) => requirementOf(feature, rule, urls, seen)),
  }
}

function requirementOf(feature: Feature, rule: Rule, urls: ReadonlyMap<string, string>, seen: Map<string, number>) {
  const scenarios = rule.children.flatMap(({ scenario }) => scenario ?? [])
  return {
    title: rule.name,
    anchor: slug(rule.name),
    description: rule.description,
    promises: [...Map.groupBy(scenarios, idOf)].map(([id, all]): Promised => {
      const times = (seen.get(id) ?? 0) + 1
      seen.set(id, times)
      const texts = [rule.description, ...all.map(({ description }) => description), feature.description]
      return {
        id,
        anchor: times === 1 ? id : `${id}-${times}`,
        isFirst: times === 1,
        level: levelOf(feature, rule, all),
        scenarios: all,
        sources: sourcesIn(texts.join('\n\n'), urls),
        faults: faultsOf(id),
      }
    }),
  }
}

/** All promises of the book, each with its chapter and Rule. */
export const promisesOf = (chapters: readonly Chapter[]) =>
  chapters.flatMap((chapter) =>
    chapter.sections.flatMap((section) =>
      section.rules.flatMap((rule) => rule.promises.map((promise) => ({ chapter, section, rule, promise }))),
    ),
  )

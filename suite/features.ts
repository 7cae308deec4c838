import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { type GherkinDocument, IdGenerator, PickleStepType } from '@cucumber/messages'
import { UsageError } from '../contract/errors.ts'
import { packageRoot } from '../contract/files.ts'
import { didYouMean } from '../contract/nearest.ts'
import { placeOf, type Row } from '../contract/row.ts'
import { rowOf } from '../reports/rows.ts'
import { asksEveryNode } from './shard.ts'

/** The specification of this package: its documents and all of its rows, in reading order. */
export interface Specification {
  documents: GherkinDocument[]
  rows: Row[]
  /** The rows, as `uri:line`, that ask every node that takes part. */
  everywhere: ReadonlySet<string>
}

/** Reads and compiles all feature files of this package. */
export function readSpecification(): Specification {
  const root = packageRoot()
  const newId = IdGenerator.uuid()
  const documents: GherkinDocument[] = []
  const rows: Row[] = []
  const everywhere = new Set<string>()
  for (const uri of globSync('features/**/*.feature', { cwd: root }).sort(byChapter)) {
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher())
    const document = { ...parser.parse(readFileSync(join(root, uri), 'utf8')), uri }
    documents.push(document)
    for (const pickle of compile(document, uri, newId)) {
      const row = rowOf(document, pickle)
      rows.push(row)
      const givens = pickle.steps.filter(({ type }) => type === PickleStepType.CONTEXT).map(({ text }) => text)
      if (asksEveryNode(givens)) everywhere.add(placeOf(row))
    }
  }
  return { documents, rows, everywhere }
}

/** Folders and files of features start with numbers, which give the reading order. */
const byChapter = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

export interface Selection {
  /** Paths of feature files relative to the package, with a line number if only one row is selected. */
  paths: string[]
  tags: string
}

/**
 * The selection by FEATURE arguments, --tags and --profile.
 * @throws UsageError if a path, an id or a tag does not exist.
 */
export function select(
  specification: Specification,
  features: readonly string[],
  tags: string | undefined,
  profile: string,
): Selection {
  const ids = [...new Set(specification.rows.map((row) => row.id))]
  const paths: string[] = []
  const wanted: string[] = []
  for (const word of features) {
    if (ids.includes(word.toUpperCase())) wanted.push(`@${word.toUpperCase()}`)
    else if (/^[A-Za-z]{1,2}\d\d$/.test(word))
      throw new UsageError(`there is no scenario ${word}${didYouMean(word, ids)}`)
    else paths.push(featurePath(word))
  }
  checkTags(tags, specification)
  const parts = [wanted.join(' or '), tags, profile === 'core' ? '@core' : undefined].filter(Boolean)
  return {
    paths: paths.length > 0 ? paths : ['features/**/*.feature'],
    tags: parts.map((part) => `(${part})`).join(' and '),
  }
}

/** The path of a feature: relative to the current directory, or else to this package. */
function featurePath(word: string): string {
  const [path = '', line] = word.split(/:(?=\d+$)/)
  const root = packageRoot()
  const found = [resolve(path), resolve(root, path)].find((each) => existsSync(each))
  if (found === undefined) throw new UsageError(`there is no feature or id ${word}; flatnet list prints all of them.`)
  return line === undefined ? relative(root, found) : `${relative(root, found)}:${line}`
}

function checkTags(tags: string | undefined, { rows }: Specification): void {
  const known = [...new Set(rows.flatMap((row) => row.tags))]
  for (const tag of tags?.match(/@[^\s()]+/g) ?? []) {
    if (!known.includes(tag)) throw new UsageError(`there is no tag ${tag}${didYouMean(tag, known)}`)
  }
  if (tags !== undefined && tags.trim() !== '' && !tags.includes('@'))
    throw new UsageError(`--tags takes an expression over tags such as @core; not ${JSON.stringify(tags)}.`)
}

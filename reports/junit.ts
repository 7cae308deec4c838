import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from './model.ts'

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" } as const

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name])

// An attribute may contain ">".
const ATTRIBUTES = '(?:\\s+[\\w:.-]+="[^"]*")*\\s*'
const TESTCASE = new RegExp(`<testcase(${ATTRIBUTES})>[\\s\\S]*?</testcase>`, 'g')
const FAILURE = new RegExp(`<failure${ATTRIBUTES}(?:/>|>[\\s\\S]*?</failure>)`)
const SUITE = new RegExp(`<testsuite${ATTRIBUTES}>`)

const attribute = (name: string, attributes: string): string =>
  plain(new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')

/** Whether these attributes of a test case are those of a row. Cucumber names a test by its Rule, its outline and its row. */
const isOf = (attributes: string, { chapter, name }: Result): boolean =>
  attribute('classname', attributes) === chapter &&
  [' - ', ': '].some((before) => ` - ${attribute('name', attributes)}`.endsWith(`${before}${name}`))

/** Gives cucumber's JUnit text with the expected failures as skipped tests, each with its reason. */
export function withExpected(xml: string, results: readonly Result[]): string {
  const expected = results.filter(({ status }) => status === 'expected')
  let changed = 0
  const cases = xml.replace(TESTCASE, (testcase, attributes: string) => {
    const found = expected.find((result) => isOf(attributes, result))
    if (!found || !FAILURE.test(testcase)) return testcase
    changed += 1
    const skipped = `<skipped message="${escaped(`expected failure: ${found.reason}`)}"/>`
    return testcase.replace(FAILURE, () => skipped)
  })
  const add = (tag: string, word: string, by: number) =>
    tag.replace(new RegExp(`\\s${word}="(\\d+)"`), (_, n: string) => ` ${word}="${Number(n) + by}"`)
  return cases.replace(SUITE, (tag) => add(add(tag, 'failures', -changed), 'skipped', changed))
}

/** Rewrites junit.xml of a run, if cucumber has written it. */
export function restateJUnit(folder: string, results: readonly Result[]): void {
  const file = join(folder, 'junit.xml')
  if (existsSync(file)) writeFileSync(file, withExpected(readFileSync(file, 'utf8'), results))
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from './model.ts'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const TESTCASE = /<testcase\b[^>]*>[\s\S]*?<\/testcase>/g
const FAILURE = /<failure\b[^>]*?(?:\/>|>[\s\S]*?<\/failure>)/

/** Gives cucumber's JUnit text with the expected failures as skipped tests, each with its reason. */
export function withExpected(xml: string, results: readonly Result[]): string {
  const expected = results.filter(({ status }) => status === 'expected')
  let changed = 0
  const cases = xml.replace(TESTCASE, (testcase) => {
    const found = expected.find(({ name }) => testcase.includes(`name="${escaped(name)}"`))
    if (!found || !FAILURE.test(testcase)) return testcase
    changed += 1
    return testcase.replace(FAILURE, `<skipped message="${escaped(`expected failure: ${found.reason}`)}"/>`)
  })
  const count = (word: string, by: number) => (tag: string) =>
    tag.replace(new RegExp(`\\b${word}="(\\d+)"`), (_, n: string) => `${word}="${Number(n) + by}"`)
  return cases.replace(/<testsuite\b[^>]*>/, (tag) => count('failures', -changed)(count('skipped', changed)(tag)))
}

/** Rewrites junit.xml of a run, if cucumber has written it. */
export function restateJUnit(folder: string, results: readonly Result[]): void {
  const file = join(folder, 'junit.xml')
  if (existsSync(file)) writeFileSync(file, withExpected(readFileSync(file, 'utf8'), results))
}

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { execa } from 'execa'
import { renderAllure } from '../../reports/allure/render.ts'
import { writeAllure } from '../../reports/allure/results.ts'
import { judge } from '../../reports/verdict.ts'
import { cause, explained, hostileRun } from './hostile.ts'
import { E01, model, P01, P02, result, row } from './results.ts'

const hasJava = await execa('java', ['-version']).then(
  () => true,
  () => false,
)
const skip = hasJava ? false : 'Java is not here'

const P03 = row('P03', 'core', 4)
const violation = { expected: 'a thing', actual: 'another thing' }
const failed = {
  ...result(P01, 'failed', 'another thing', violation),
  steps: [{ text: 'Then it holds', status: 'failed', duration: 3 }],
}
failed.evidence.flows = [{ from: 'a', to: 'b' }]
const given = model([
  failed,
  { ...result(P02, 'expected', 'as known', violation), reason: 'a known gap' },
  { ...result(P03, 'passed'), timeline: { drawing: '....', rows: { clients: [] } } },
  result(E01, 'inconclusive', 'the probe is gone'),
])
const verdict = explained(given, [cause()])

interface Result {
  name: string
  status: string
  statusDetails?: { message: string; known?: boolean }
  labels: { name: string; value: string }[]
  attachments: { name: string; source: string }[]
}

const desk = mkdtempSync(join(tmpdir(), 'flatnet-allure-'))
after(() => rmSync(desk, { recursive: true }))
const folder = (name: string) => {
  mkdirSync(join(desk, name))
  return join(desk, name)
}
const read = (run: string): Map<string, Result> => {
  const names = readdirSync(join(run, 'allure-results')).filter((name) => name.endsWith('-result.json'))
  const results = names.map((name) => JSON.parse(readFileSync(join(run, 'allure-results', name), 'utf8')) as Result)
  return new Map(results.map((each) => [each.name.slice(0, 3), each]))
}

describe('Allure’s results', () => {
  const run = folder('run')
  writeAllure(run, given, verdict)
  const results = read(run)

  it('call a broken promise failed, a fault of the suite broken, and an expected failure skipped', () => {
    const told = [...results].map(([id, { status }]) => [id, status]).sort()
    assert.deepEqual(told, [
      ['E01', 'broken'],
      ['P01', 'failed'],
      ['P02', 'skipped'],
      ['P03', 'passed'],
    ])
    assert.deepEqual(results.get('P02')?.statusDetails, {
      message: 'expected failure: a known gap\nas known',
      known: true,
    })
    assert.match(results.get('P01')?.statusDetails?.message ?? '', /^Explained by cause 1: UDP from node-1/)
  })

  it('have the Rule of a scenario as their story, and its chapter as their feature', () => {
    const labels = Object.fromEntries(results.get('P01')?.labels.map(({ name, value }) => [name, value]) ?? [])
    assert.deepEqual([labels.feature, labels.story, labels.severity], ['Rule 1', 'the promise P01', 'critical'])
  })

  it('have the conversations of what did not pass, and timelines, as files', () => {
    const names = (id: string) => results.get(id)?.attachments.map(({ name }) => name)
    assert.deepEqual(names('P01'), ['conversations, as both ends saw them'])
    assert.deepEqual(names('P03'), ['timeline', 'timeline, for programs'])
    for (const { attachments } of results.values())
      for (const { source } of attachments) assert.ok(existsSync(join(run, 'allure-results', source)))
  })

  it('replace those of the same run, and keep the history', () => {
    mkdirSync(join(run, 'allure-results', 'history'))
    const names = readdirSync(join(run, 'allure-results')).sort()
    writeAllure(run, given, verdict)
    assert.deepEqual(readdirSync(join(run, 'allure-results')).sort(), names)
  })

  it('of a set-up that failed say what was wrong', () => {
    const empty = folder('empty')
    const unreachable = model([], 'the API server cannot be reached')
    writeAllure(empty, unreachable, judge(unreachable))
    assert.deepEqual(
      [...read(empty).values()].map(({ status, statusDetails }) => [status, statusDetails?.message]),
      [['broken', 'the API server cannot be reached']],
    )
  })
})

describe('allure-commandline', { skip }, () => {
  /** What the page shows: the embedded files of Allure. */
  const embedded = (page: string, file: string): unknown => {
    const [, base64 = ''] = new RegExp(`d\\('${file}','([^']*)'\\)`).exec(readFileSync(page, 'utf8')) ?? []
    return JSON.parse(Buffer.from(base64, 'base64').toString())
  }

  it('renders them: statuses, environment, categories, and the history of earlier pages', async () => {
    const run = folder('rendered')
    for (const trend of [1, 2]) {
      writeAllure(run, given, verdict)
      const { page } = await renderAllure(run)
      const { statistic } = embedded(page, 'widgets/summary.json') as { statistic: Record<string, number> }
      const { failed: bad, broken, skipped, passed } = statistic
      assert.deepEqual([bad, broken, skipped, passed], [1, 1, 1, 1])
      const environment = embedded(page, 'widgets/environment.json') as { name: string; values: string[] }[]
      assert.deepEqual(environment.find(({ name }) => name === 'result')?.values, ['non-conformant'])
      const { items } = embedded(page, 'widgets/categories.json') as { items: { name: string }[] }
      assert.deepEqual(items.map(({ name }) => name).sort(), [
        'Cause 1: UDP from node-1 is lost (3 of 3).',
        'Failed as expected',
        'Not judged: faults of the suite',
      ])
      assert.equal((embedded(page, 'widgets/history-trend.json') as unknown[]).length, trend)
    }
  })

  it('takes hostile names as text', async () => {
    const run = folder('hostile')
    const { given: nasty, verdict: judged } = hostileRun()
    writeAllure(run, nasty, judged)
    const { page } = await renderAllure(run)
    const { statistic } = embedded(page, 'widgets/summary.json') as { statistic: Record<string, number> }
    assert.equal(statistic.total, 5)
    assert.ok(!readFileSync(page, 'utf8').includes('alert(1)'))
  })
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clipped, visible } from '../../contract/visible.ts'
import type { Model } from '../model.ts'
import { causeOf, hasRun, nameOf, reasonTold, rowsTold, type Told } from '../rows-told.ts'
import { uuidOf } from '../uuid.ts'
import type { Verdict } from '../verdict.ts'
import { type Attachment, attachmentsOf } from './attachments.ts'
import { emptiedResults } from './history.ts'
import { categoriesOf, environmentOf } from './surroundings.ts'

/**
 * Allure's word for each status. A failure that a baseline expects is no failure and no pass: it is skipped, as in JUnit, with the
 * reason. A row that could not be judged is a fault of the suite, and Allure calls these broken.
 */
const STATUS = {
  passed: 'passed',
  failed: 'failed',
  expected: 'skipped',
  skipped: 'skipped',
  inconclusive: 'broken',
} as const

const LONGEST = 8_000
const text = (words: string) => visible(clipped(words, LONGEST))

/** Writes the results of a run for Allure: a file for each row, and attachments where there is something to look at. */
export function writeAllure(run: string, model: Model, verdict: Verdict): void {
  const folder = join(run, 'allure-results')
  mkdirSync(folder, { recursive: true })
  emptiedResults(folder)
  const put = (name: string, content: string) => writeFileSync(join(folder, name), content)
  for (const row of rowsTold(model, verdict)) {
    const uuid = uuidOf(model.facts?.run ?? '', row.id, row.row || row.name, row.uri)
    const attached = attachmentsOf(row).map((each) => ({ ...each, source: `${uuid}-${each.source}` }))
    for (const { source, content } of attached) put(source, content)
    put(`${uuid}-result.json`, JSON.stringify(resultOf(uuid, row, attached, model, verdict)))
  }
  put('environment.properties', environmentOf(model, verdict))
  put('categories.json', JSON.stringify(categoriesOf(verdict)))
}

function resultOf(
  uuid: string,
  row: Told,
  attached: readonly Attachment[],
  { facts }: Model,
  verdict: Verdict,
): object {
  const start = Math.round(hasRun(row) ? row.started : Date.parse(facts?.startedAt ?? '') || 0)
  const cause = causeOf(verdict, row)
  const reason = row.status === 'passed' ? '' : reasonTold(row)
  const why =
    cause === undefined ? reason : `Explained by cause ${cause}: ${verdict.causes[cause - 1]?.says}\n\n${reason}`
  const same = uuidOf(row.id, row.row || row.name)
  return {
    uuid,
    historyId: same,
    testCaseId: same,
    fullName: text(`${row.uri}: ${nameOf(row)}`),
    name: text(`${row.id || row.title} ${row.name}`),
    status: STATUS[row.status],
    ...(why && { statusDetails: { message: text(why), ...(row.status === 'expected' && { known: true }) } }),
    stage: 'finished',
    start,
    stop: start + Math.round(hasRun(row) ? row.duration : 0),
    labels: labelsOf(row),
    ...(row.row && { parameters: [{ name: 'row', value: text(row.row) }] }),
    steps: hasRun(row) ? stepsOf(row, start) : [],
    attachments: attached.map(({ name, source, type }) => ({ name, source, type })),
  }
}

/** The feature is a chapter, and the story one of its Rules. */
function labelsOf({ id, level, chapter, title, tags, status }: Told): object[] {
  const labels = {
    framework: 'flatnet',
    parentSuite: level,
    suite: chapter,
    subSuite: title,
    feature: chapter,
    story: title,
    severity: level === 'core' ? 'critical' : 'normal',
  }
  const words = [
    ...(id ? [id] : []),
    ...tags.map((tag) => tag.slice(1)),
    ...(status === 'expected' ? ['expected-failure'] : []),
  ]
  return [
    ...Object.entries(labels).map(([name, value]) => ({ name, value: text(value) })),
    ...[...new Set(words)].map((value) => ({ name: 'tag', value: text(value) })),
  ]
}

/** The steps one after the other. The one that failed has the status of its row. */
function stepsOf(
  { steps, status }: Told & { steps: { text: string; status: string; duration: number }[] },
  start: number,
) {
  let at = start
  return steps.map((step) => {
    const began = at
    at += Math.round(step.duration)
    const word = step.status === 'passed' || step.status === 'skipped' ? step.status : STATUS[status]
    return { name: text(step.text), status: word, stage: 'finished', start: began, stop: at }
  })
}

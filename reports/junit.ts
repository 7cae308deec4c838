import { clipped } from '../contract/visible.ts'
import type { Model } from './model.ts'
import { causeText, hasRun, nameOf, reasonTold, rowsTold, type Told } from './rows-told.ts'
import type { Verdict } from './verdict.ts'
import { type Xml, xml } from './xml.ts'

/** The longest reason of a row, in characters. The evidence of the row has all of it. */
const LONGEST = 8_000

/** The run as JUnit's XML: a suite with the capabilities and the causes as properties, and a test for each row. */
export function junitOf(model: Model, verdict: Verdict): string {
  const rows = rowsTold(model, verdict)
  const count = (...statuses: Told['status'][]) => rows.filter(({ status }) => statuses.includes(status)).length
  const counts = {
    tests: rows.length,
    failures: count('failed'),
    errors: count('inconclusive'),
    time: (model.end?.seconds ?? 0).toFixed(3),
  }
  const suite = {
    name: 'testsuite',
    attributes: {
      name: 'flatnet',
      ...counts,
      skipped: count('skipped', 'expected'),
      timestamp: model.facts?.startedAt.slice(0, 19),
    },
    children: [
      { name: 'properties', children: propertiesOf(model, verdict) },
      ...rows.map(testOf),
      ...(verdict.causes.length > 0 ? [{ name: 'system-out', text: verdict.causes.map(causeText).join('\n\n') }] : []),
    ],
  }
  return xml({ name: 'testsuites', attributes: { name: 'flatnet', ...counts }, children: [suite] })
}

function propertiesOf({ facts }: Model, { result, causes }: Verdict): Xml[] {
  const capabilities = Object.entries(facts?.capabilities ?? {}).map(([name, { has, because }]): [string, string] => [
    `capability.${name}`,
    has ? 'yes' : `no: ${because ?? 'unknown'}`,
  ])
  const all: [string, string][] = [
    ['result', result],
    ['flatnet', facts?.flatnetVersion ?? ''],
    ['run', facts?.run ?? ''],
    ...(facts?.seed === undefined ? [] : ([['seed', String(facts.seed)]] as [string, string][])),
    ...capabilities,
    ...causes.map(({ says }, i): [string, string] => [`cause.${i + 1}`, says]),
  ]
  return all.map(([name, value]) => ({ name: 'property', attributes: { name, value: clipped(value, LONGEST) } }))
}

function testOf(row: Told): Xml {
  return {
    name: 'testcase',
    attributes: {
      classname: row.chapter,
      name: clipped(nameOf(row), LONGEST),
      time: ((hasRun(row) ? row.duration : 0) / 1000).toFixed(3),
    },
    children: outcomeOf(row),
  }
}

function outcomeOf(row: Told): Xml[] {
  const reason = clipped(reasonTold(row), LONGEST)
  if (row.status === 'failed')
    return [{ name: 'failure', attributes: { type: 'NonConformance', message: reason }, text: reason }]
  if (row.status === 'inconclusive')
    return [{ name: 'error', attributes: { type: 'Inconclusive', message: reason }, text: reason }]
  return row.status === 'passed' ? [] : [{ name: 'skipped', attributes: { message: reason } }]
}

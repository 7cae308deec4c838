import { clipped, visible } from '../contract/visible.ts'
import type { Model } from './model.ts'
import { causeOf, hasRun, nameOf, reasonTold, rowsTold, type Told } from './rows-told.ts'
import { uuidOf } from './uuid.ts'
import type { Verdict } from './verdict.ts'

/** CTRF has no word for a row that could not be judged, and none for one that failed as a baseline says. */
const STATUS = {
  passed: 'passed',
  failed: 'failed',
  expected: 'other',
  skipped: 'skipped',
  inconclusive: 'other',
} as const
const LONGEST = 8_000

const text = (words: string) => visible(clipped(words, LONGEST))

/** The run in the Common Test Report Format (ctrf.io). */
export function ctrfOf(model: Model, verdict: Verdict): Record<string, unknown> {
  const { facts, end } = model
  const rows = rowsTold(model, verdict)
  const count = (word: string) => rows.filter(({ status }) => STATUS[status] === word).length
  const start = Date.parse(facts?.startedAt ?? '') || 0
  const stop = start + Math.round((end?.seconds ?? 0) * 1000)
  const [run, version] = [facts?.run ?? '', facts?.flatnetVersion ?? '']
  return {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    reportId: uuidOf(run, facts?.startedAt ?? ''),
    timestamp: new Date(stop).toISOString(),
    generatedBy: 'flatnet',
    results: {
      tool: { name: 'flatnet', ...(version && { version }) },
      summary: {
        ...{ tests: rows.length, passed: count('passed'), failed: count('failed'), pending: 0 },
        ...{ skipped: count('skipped'), other: count('other'), start, stop },
      },
      tests: rows.map((row) => testOf(row, verdict)),
      environment: { testEnvironment: text(facts?.cluster.source ?? 'unknown') },
      extra: {
        result: verdict.result,
        capabilities: Object.fromEntries(
          Object.entries(facts?.capabilities ?? {}).map(([name, { has, because }]) => [
            name,
            has || text(because ?? 'no'),
          ]),
        ),
        causes: verdict.causes.map(({ kind, says, nodes }) => ({
          kind,
          says: text(says),
          nodes: nodes.slice(0, 100).map(text),
        })),
      },
    },
  }
}

function testOf(row: Told, verdict: Verdict): Record<string, unknown> {
  const cause = causeOf(verdict, row)
  const started = hasRun(row) ? { start: Math.round(row.started), stop: Math.round(row.started + row.duration) } : {}
  return {
    name: text(nameOf(row)),
    status: STATUS[row.status],
    duration: hasRun(row) ? Math.round(row.duration) : 0,
    ...started,
    suite: [text(row.chapter), text(row.title)],
    ...(row.status !== 'passed' && { message: text(reasonTold(row)) }),
    rawStatus: row.status,
    tags: [...(row.id ? [row.id] : []), row.level],
    type: 'conformance',
    ...(row.uri && { filePath: row.uri, line: row.line }),
    ...(hasRun(row) && {
      steps: row.steps.map(({ text: name, status }) => ({ name: text(name), status: stepStatus(status) })),
    }),
    ...(cause !== undefined && { extra: { cause } }),
  }
}

const stepStatus = (status: string) => (['passed', 'failed', 'skipped', 'pending'].includes(status) ? status : 'other')

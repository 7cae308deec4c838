import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { NodeEvidence } from '../contract/media.ts'
import { quantiles } from '../contract/quantiles.ts'
import { badgeOf } from './badge.ts'
import type { Cause } from './cause.ts'
import { ctrfOf } from './ctrf.ts'
import { junitOf } from './junit.ts'
import type { Model, Result, RowObservation } from './model.ts'
import { pageOf } from './page/page.ts'
import { SPECIFICATION } from './specification.ts'
import { summaryOf } from './summary.ts'
import type { Profile, Untested, Verdict } from './verdict.ts'

const place = ({ id, row }: { id: string; row: string }) => ({ id, ...(row && { row }) })
const failure = (result: Result) => ({
  ...place(result),
  title: result.title,
  ...expectation(result),
  because: result.because,
})
/** The expectation of a failed row. */
const expectation = ({ evidence: { violation } }: Result) => violation && { expected: violation.expected }
const omission = (row: Untested) => ({ ...place(row), because: row.because })

const profileOf = ({ name, result, passed, failed, expected, inconclusive, untested }: Profile) => ({
  name,
  result,
  statistics: {
    passed: passed.length,
    failed: failed.length,
    ...(expected.length > 0 && { expectedFailures: expected.length }),
    skipped: untested.length,
    inconclusive: inconclusive.length,
  },
  failed: failed.map(failure),
  ...(expected.length > 0 && {
    expectedFailures: expected.map((result) => ({ ...failure(result), reason: result.reason })),
  }),
  ...(inconclusive.length > 0 && { inconclusive: inconclusive.map(failure) }),
  skipped: untested.map(omission),
})

const causeOf = ({ kind, says, nodes, protocol, counts, intact, explains, isSure, usually, shown, look }: Cause) => ({
  ...{ kind, says, sure: isSure, nodes },
  ...(protocol !== undefined && { protocol }),
  ...(counts !== undefined && { conversations: counts }),
  ...{ intact, explains: explains.map(place), usually },
  ...(shown !== undefined && { shown }),
  look,
})

/** The report object, which a CNI project can publish. */
export function reportOf(model: Model, verdict: Verdict): Record<string, unknown> {
  const { facts, end } = model
  const names = Object.entries(facts?.capabilities ?? {})
  const traffic: RowObservation = { id: '', name: 'traffic of the run', value: verdict.traffic }
  return {
    apiVersion: 'flatnet/v1',
    kind: 'ConformanceReport',
    date: facts?.startedAt.slice(0, 10),
    flatnetVersion: facts?.flatnetVersion,
    specification: SPECIFICATION,
    cluster: facts?.cluster,
    result: verdict.result,
    ...(verdict.trouble !== undefined && { because: verdict.trouble }),
    ...(verdict.stale.length > 0 && { stale: verdict.stale }),
    ...(verdict.causes.length > 0 && { causes: verdict.causes.map(causeOf) }),
    profiles: [profileOf(verdict.core), profileOf(verdict.extended)],
    capabilities: {
      supported: names.filter(([, { has }]) => has).map(([name]) => name),
      unsupported: names.filter(([, { has }]) => !has).map(([name, { because }]) => ({ name, because })),
    },
    observations: [...model.observations, traffic].map(({ id, ...rest }) => ({
      ...(id && { id }),
      ...rest,
    })),
    run: {
      id: facts?.run,
      startedAt: facts?.startedAt,
      ...(facts?.seed !== undefined && { seed: facts.seed, drawn: facts.drawn }),
      seconds: end?.seconds,
      apiRequests: end?.apiRequests,
      ...(facts?.shards !== undefined && { shards: facts.shards }),
      ...(end?.reattachments && { reattachments: end.reattachments }),
      ...(end?.cleanUpSeconds !== undefined && { cleanUpSeconds: end.cleanUpSeconds }),
      ...(end?.left && { left: end.left }),
    },
  }
}

/** Writes all reports but those of Allure. Each of them is made from the messages alone. */
export function writeReport(folder: string, model: Model, verdict: Verdict): Record<string, unknown> {
  const report = reportOf(model, verdict)
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
  put('report.yaml', stringify(report, { lineWidth: 0 }))
  put('index.html', pageOf(model, verdict))
  put('junit.xml', junitOf(model, verdict))
  put('ctrf.json', `${JSON.stringify(ctrfOf(model, verdict), null, 1)}\n`)
  put('summary.md', summaryOf(model, verdict))
  put('badge.svg', badgeOf(verdict))
  writeEvidence(join(folder, 'evidence'), verdict)
  writeNodes(join(folder, 'evidence'), model.nodes)
  writeTimelines(join(folder, 'timelines'), model.results)
  return report
}

/** The most kinds of conversations in the evidence of one row; those that break the promise come first. */
const MOST_PATHS = 500

/** Writes the evidence of each row that failed or was not judged. */
function writeEvidence(folder: string, verdict: Verdict): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const told = [verdict.core, verdict.extended].flatMap(({ failed, expected, inconclusive }) => [
    ...failed,
    ...expected,
    ...inconclusive,
  ])
  for (const result of told) {
    const { id, row, title, status, because, tables } = result
    const { violation: _, flows, quality, paths, ...counts } = result.evidence
    const about = { id, row, title, status, ...expectation(result), because, tables, ...counts }
    const { connectMs, ...rest } = quality
    const more = {
      quality: { ...rest, connectMs: quantiles(connectMs) },
      paths: paths.toSorted((a, b) => b.against - a.against).slice(0, MOST_PATHS),
    }
    const name = `${fileName(result)}.json`
    writeFileSync(join(folder, name), JSON.stringify({ ...about, ...more, flows }, null, 2))
  }
}

/** Writes what each node showed about a cause as a text. */
function writeNodes(folder: string, nodes: readonly NodeEvidence[] = []): void {
  for (const [i, { cause, node, conversation, rules, looks }] of nodes.entries()) {
    const parts = Object.entries(looks).map(([purpose, text]) => `== ${purpose}\n${text}`)
    const text = [cause, `On ${node}, while this was repeated: ${conversation}`, ...rules, '', ...parts].join('\n')
    writeFileSync(join(folder, `node-${i + 1}-${node.replace(/[^A-Za-z0-9.-]+/g, '-')}.txt`), `${text}\n`)
  }
}

const fileName = ({ id, row }: Result) =>
  `${id} ${row}`
    .trim()
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 120)

/** Writes each timeline as a drawing and as rows. */
function writeTimelines(folder: string, results: readonly Result[]): void {
  rmSync(folder, { recursive: true, force: true })
  const drawn = results.filter(({ timeline }) => timeline !== undefined)
  if (drawn.length > 0) mkdirSync(folder, { recursive: true })
  for (const result of drawn) {
    const { id, row, status, timeline } = result
    writeFileSync(join(folder, `${fileName(result)}.txt`), `${timeline?.drawing}\n`)
    const rows = JSON.stringify({ id, row, status, ...(timeline?.rows as object) })
    writeFileSync(join(folder, `${fileName(result)}.json`), rows)
  }
}

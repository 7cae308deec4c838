import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { check, expectedHere, readBaselines, shippedBaseline } from '../../contract/baseline.ts'
import { junitOf } from '../../reports/junit.ts'
import type { Model } from '../../reports/model.ts'
import { reportOf } from '../../reports/report.ts'
import { judge } from '../../reports/verdict.ts'
import { readSpecification } from '../../suite/features.ts'
import { elements } from '../acceptance/xml.ts'
import { E01, model, P01, P02, result } from './results.ts'

const folder = mkdtempSync(join(tmpdir(), 'flatnet-baseline-'))
after(() => rmSync(folder, { recursive: true }))
const { rows } = readSpecification()
const file = (text: string) => {
  const path = join(folder, 'baseline.yaml')
  writeFileSync(path, text)
  return path
}
const HEAD = 'apiVersion: flatnet/v1\nkind: Baseline\nexpectedFailures:\n'

describe('a baseline', () => {
  it('of the package names rows that exist', () => {
    const shipped = shippedBaseline()
    assert.ok(shipped.length > 0)
    for (const entry of shipped) check(entry, rows)
  })

  it('of the package holds only for the controller that flatnet installs', () => {
    const ingress = { className: 'x', ports: { http: 80, https: 443 } }
    assert.deepEqual(expectedHere(shippedBaseline(), { ingress }), [])
    assert.ok(expectedHere(shippedBaseline(), { ingress: { ...ingress, installed: 'traefik' } }).length > 0)
  })

  it('of the package for a network holds only there, and only beside the proxy that it names', () => {
    const about = (cni: string, proxyMode: string) =>
      expectedHere(shippedBaseline(), { cni, proxyMode }).map(({ id }) => id)
    assert.deepEqual(about('cilium', 'iptables'), ['NP09', 'S12', 'X11'])
    assert.deepEqual(about('cilium', 'unknown'), ['NP09'])
    assert.deepEqual(about('flannel', 'iptables'), [])
  })

  it('is read from a file, with the path of the file', () => {
    const found = readBaselines(file(`${HEAD}  - { id: E01, reason: a proxy }\n`), rows).at(-1)
    assert.deepEqual([found?.id, found?.reason], ['E01', 'a proxy'])
    assert.match(found?.from ?? '', /baseline\.yaml$/)
  })

  it('with a mistake is refused in one sentence', () => {
    const refused = (text: string, message: RegExp) =>
      assert.throws(() => readBaselines(file(text), rows), { name: 'UsageError', message })
    assert.throws(() => readBaselines(join(folder, 'none.yaml'), rows), /cannot read .*none\.yaml: ENOENT/)
    refused('a: [', /is not YAML/)
    refused('kind: Baseline\nexpectedFailures: []', /expected apiVersion: flatnet\/v1/)
    refused(`${HEAD}  - { id: E01 }\n`, /expectedFailures\.0\.reason/)
    refused(`${HEAD}  - { id: E0l, reason: x }\n`, /there is no scenario E0l; did you mean E01\?/)
    refused(`${HEAD}  - { id: E01, row: TPC, reason: x }\n`, /E01 has no row "TPC"/)
    refused(`${HEAD}  - { id: E01, reason: x, rwo: y }\n`, /rwo/)
  })
})

const entry = { id: 'P02', reason: 'a known gap', from: 'own.yaml' }
const withEntry = (given: Model): Model => {
  if (given.facts) given.facts.expected = [entry]
  return given
}
const expected = { ...result(P02, 'expected', 'why', { expected: 'a thing', actual: 'why' }), reason: entry.reason }

describe('an expected failure', () => {
  const given = withEntry(model([result(P01, 'passed'), expected, result(E01, 'passed')]))

  it('does not make the run fail, and the result is partial', () => {
    const verdict = judge(given)
    assert.deepEqual([verdict.result, verdict.exitCode, verdict.stale], ['partial', 0, []])
  })

  it('is in the report with its reason', () => {
    const { profiles } = reportOf(given, judge(given)) as { profiles: { expectedFailures?: { reason: string }[] }[] }
    assert.deepEqual(
      profiles[0]?.expectedFailures?.map(({ reason }) => reason),
      ['a known gap'],
    )
  })

  it('is a skipped test in JUnit', () => {
    const found = elements(junitOf(given, judge(given)))
    const suite = found.find(({ name }) => name === 'testsuite')
    assert.deepEqual([suite?.attributes.failures, suite?.attributes.skipped], ['0', '1'])
    const skipped = found.find(({ name }) => name === 'skipped')
    assert.match(skipped?.attributes.message ?? '', /^expected failure: a known gap/)
  })
})

describe('an entry of a baseline', () => {
  it('is stale if its row passes, which makes the exit code 1', () => {
    const verdict = judge(withEntry(model([result(P01, 'passed'), result(P02, 'passed'), result(E01, 'passed')])))
    assert.deepEqual([verdict.stale, verdict.exitCode], [[entry], 1])
    const lenient = model([result(P02, 'passed')])
    if (lenient.facts) lenient.facts.expected = [{ ...entry, mayPass: true }]
    assert.deepEqual(judge(lenient).stale, [])
  })

  it('is silent if its row was not tested', () => {
    for (const results of [[result(P01, 'passed')], [result(P01, 'passed'), result(P02, 'skipped')]])
      assert.deepEqual(judge(withEntry(model(results))).stale, [])
  })
})

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Envelope } from '@cucumber/messages'
import { parse } from 'yaml'
import { preflight } from '../../reference/index.ts'
import { Model } from '../../reports/model.ts'
import { reportOf } from '../../reports/report.ts'
import { ConformanceReport } from '../../reports/schema.ts'
import { judge } from '../../reports/verdict.ts'
import { Desk, type Outcome } from './cli.ts'
import { elements } from './xml.ts'

const skip = (await preflight()) ?? false
const IDS = ['C01', 'P01', 'P02', 'P04']
const ESCAPE = '\u001b'

/** What the messages alone say, put together anew. */
function retold(ndjson: string) {
  const model = new Model()
  for (const line of ndjson.trim().split('\n')) model.take(JSON.parse(line) as Envelope)
  const verdict = judge(model)
  return { exitCode: verdict.exitCode, report: reportOf(model, verdict) }
}

describe('a run on the reference cluster', { skip }, () => {
  let desk: Desk
  let text: Outcome
  before(async () => {
    desk = new Desk()
    desk.file('flatnet.yaml', 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nreference: { nodes: 2 }\n')
    text = await desk.run(['run', '--cluster', 'reference', ...IDS])
  })
  after(() => desk?.[Symbol.dispose]())

  const output = (name: string) => readFileSync(desk.path('flatnet-report', name), 'utf8')

  it('passes, and is partial for what was not selected', () => {
    assert.equal(text.code, 3, text.stdout + text.stderr)
    for (const id of IDS) assert.match(text.stdout, new RegExp(`^ *ok +${id} `, 'm'))
    assert.doesNotMatch(text.stdout, /^ *FAIL/m)
    assert.match(text.stdout, /^Not tested/m)
    assert.match(text.stdout, /\bI01\b[\s\S]*not selected/)
  })

  it('puts the result on stdout and the progress on stderr', () => {
    assert.match(text.stdout, /^CONFORMANT AS FAR AS TESTED +[\d.]+ s, \d+ API requests$/m)
    assert.match(text.stderr, /^ +ok +read the cluster/m)
    assert.doesNotMatch(text.stdout, /read the cluster/)
    assert.doesNotMatch(text.stderr, /CONFORMANT/)
  })

  it('keeps to 80 columns', () => {
    const wide = (text.stdout + text.stderr).split('\n').filter((line) => line.length > 80)
    assert.deepEqual(wide, [])
  })

  it('writes no escape codes into a pipe', () => {
    assert.equal((text.stdout + text.stderr).includes(ESCAPE), false)
  })

  it('writes the report object of the contract', () => {
    const report = ConformanceReport.parse(parse(output('report.yaml')))
    assert.equal(report.result, 'partial')
    assert.equal('nodes' in report.cluster && report.cluster.nodes, 2)
    const core = report.profiles.find(({ name }) => name === 'core')
    assert.equal(core?.statistics.passed, 2 + 3 + 3 + 4)
    assert.equal(core?.statistics.skipped, core?.skipped.length)
    const missing = core?.skipped.map(({ id }) => id) ?? []
    assert.ok(missing.includes('I01') && !IDS.some((id) => missing.includes(id)))
  })

  it('tells the whole verdict in its messages', () => {
    const { exitCode, report } = retold(output('messages.ndjson'))
    assert.equal(exitCode, text.code)
    assert.deepEqual(JSON.parse(JSON.stringify(report)), parse(output('report.yaml')))
  })

  it('writes JUnit’s XML', () => {
    const cases = elements(output('junit.xml')).filter(({ name }) => name === 'testcase')
    assert.equal(cases.length, 12)
    assert.ok(cases.some(({ attributes }) => attributes.classname === 'Rule 1: every pod reaches every pod'))
  })

  it('writes its page, cucumber’s and Allure’s results', () => {
    assert.match(output('index.html'), /^<!DOCTYPE html>[\s\S]*Conformant[\s\S]*node 172\.30\.0\./)
    assert.match(output('cucumber.html'), /^<!DOCTYPE html>/i)
    const results = readdirSync(desk.path('flatnet-report', 'allure-results')).filter((name) =>
      name.endsWith('-result.json'),
    )
    assert.equal(results.length, 12)
    for (const name of results) {
      const { status } = JSON.parse(output(`allure-results/${name}`)) as { status: string }
      assert.equal(status, 'passed')
    }
  })

  it('writes the same reports again from the messages alone', async () => {
    const files = ['report.yaml', 'junit.xml', 'ctrf.json', 'summary.md', 'badge.svg']
    const before = files.map(output)
    for (const name of files) rmSync(desk.path('flatnet-report', name))
    const { code, stdout, stderr } = await desk.run(['report'])
    assert.equal(code, 0, stderr)
    assert.equal(stdout, 'flatnet-report/index.html\n')
    assert.deepEqual(files.map(output), before)
  })

  it('is not worse than itself', async () => {
    const { code, stdout } = await desk.run(['report', 'flatnet-report', 'flatnet-report'])
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^NOT WORSE {3}0 promises worse, 0 better; 0 new causes, 0 gone$/m)
  })

  it('writes nothing but what is listed', () => {
    const names = [
      ...[
        'allure-results',
        'badge.svg',
        'cucumber.html',
        'ctrf.json',
        'evidence',
        'index.html',
        'junit.xml',
        'messages.ndjson',
      ],
      ...['report.yaml', 'summary.md'],
    ].sort()
    assert.deepEqual(readdirSync(desk.path('flatnet-report')).sort(), names)
  })
})

describe('--json', { skip }, () => {
  it('prints the report object on stdout and nothing else', async () => {
    using desk = new Desk()
    desk.file('flatnet.yaml', 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nreference: { nodes: 1 }\n')
    const { code, stdout, stderr } = await desk.run(['run', 'P01', 'P02', '--cluster', 'reference', '--json'])
    assert.equal(code, 3, stderr)
    const report = ConformanceReport.parse(JSON.parse(stdout))
    const { run, ...same } = ConformanceReport.parse(
      parse(readFileSync(desk.path('flatnet-report', 'report.yaml'), 'utf8')),
    )
    const { run: _, ...printed } = report
    assert.deepEqual(printed, same)
    assert.ok(run.id)
    const why = report.profiles.flatMap(({ skipped }) => skipped).find(({ id }) => id === 'P02')?.because
    assert.match(why ?? '', /needs multi: the cluster has one schedulable Linux node/)
  })
})

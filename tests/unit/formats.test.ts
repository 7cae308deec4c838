import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { validate } from 'ctrf'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { parse, stringify } from 'yaml'
import { badgeOf } from '../../reports/badge.ts'
import { ctrfOf } from '../../reports/ctrf.ts'
import { annotationsOf } from '../../reports/github.ts'
import { junitOf } from '../../reports/junit.ts'
import { reportOf } from '../../reports/report.ts'
import { summaryOf } from '../../reports/summary.ts'
import { judge } from '../../reports/verdict.ts'
import { elements } from '../acceptance/xml.ts'
import { cause, explained, hostileRun } from './hostile.ts'
import { E01, model, P01, P02, result } from './results.ts'

using schema = XmlDocument.fromBuffer(readFileSync(new URL('schemas/junit.xsd', import.meta.url)))
const validator = XsdValidator.fromDoc(schema)
/** The elements of a JUnit document that its schema allows. */
function validJUnit(xml: string) {
  using document = XmlDocument.fromString(xml, { option: 1 << 19 })
  validator.validate(document)
  return elements(xml)
}

const violation = { expected: 'a thing', actual: 'another thing' }
const given = model([
  result(P01, 'failed', 'another thing', violation),
  result(P02, 'inconclusive', 'busy'),
  result(E01, 'skipped', 'no host'),
])
const verdict = explained(given, [cause()])
const unreachable = model([], 'the API server cannot be reached')
if (unreachable.facts) unreachable.facts.planned = ['a.feature:1', 'a.feature:2']
/** What cannot change how other text is shown, apart from line breaks and tabs. */
const isTame = (text: string) => !/(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}\ufffe\uffff]/u.test(text)

describe('JUnit', () => {
  it('has a test for each row, and a property for each capability and cause', () => {
    const found = validJUnit(junitOf(given, verdict))
    const of = (name: string) => found.filter((each) => each.name === name).map(({ attributes }) => attributes)
    assert.deepEqual(
      of('testcase').map(({ classname, name }) => [classname, name]),
      [P01, P02, E01].map(({ chapter, id, title }) => [chapter, `${id} ${title}: TCP`]),
    )
    assert.deepEqual(
      [of('testsuite')[0]?.failures, of('testsuite')[0]?.errors, of('testsuite')[0]?.skipped],
      ['1', '1', '1'],
    )
    const properties = Object.fromEntries(of('property').map(({ name, value }) => [name, value]))
    assert.equal(properties['capability.multi'], 'yes')
    assert.equal(properties['capability.dns'], 'no: none')
    assert.equal(properties['cause.1'], 'UDP from node-1 is lost (3 of 3).')
    assert.equal(of('failure')[0]?.message, 'Expected: a thing.&#xA;Seen: another thing')
    assert.equal(of('skipped')[0]?.message, 'no host')
    assert.equal(of('system-out').length, 1)
  })

  it('of a set-up that failed has an error that says so, and the rows that were selected', () => {
    const found = validJUnit(junitOf(unreachable, judge(unreachable)))
    assert.deepEqual(
      found.map(({ name }) => name).filter((name) => ['testcase', 'error', 'skipped'].includes(name)),
      ['testcase', 'error', 'testcase', 'skipped', 'testcase', 'skipped'],
    )
    assert.equal(found.find(({ name }) => name === 'error')?.attributes.message, 'the API server cannot be reached')
  })

  it('takes hostile names as text', () => {
    const run = hostileRun()
    const xml = junitOf(run.given, run.verdict)
    assert.equal(validJUnit(xml).filter(({ name }) => name === 'testcase').length, 5)
    assert.ok(isTame(xml))
  })
})

describe('CTRF', () => {
  const valid = (report: unknown) => {
    const { valid: isValid, errors } = validate(report)
    assert.ok(isValid, JSON.stringify(errors))
  }

  it('is valid by its own package, also for hostile names and a set-up that failed', () => {
    const run = hostileRun()
    for (const report of [
      ctrfOf(given, verdict),
      ctrfOf(run.given, run.verdict),
      ctrfOf(unreachable, judge(unreachable)),
    ]) {
      valid(report)
      assert.ok(!/[^\\]\\(u00|u20|ud8|r)/.test(JSON.stringify(report)))
    }
  })

  it('counts what could not be judged as other', () => {
    const { results } = ctrfOf(given, verdict) as { results: { summary: Record<string, number> } }
    const { tests, passed, failed, skipped, other } = results.summary
    assert.deepEqual([tests, passed, failed, skipped, other], [3, 0, 1, 1, 1])
  })
})

describe('the summary for GitHub', () => {
  it('begins with the verdict and the causes', () => {
    const lines = summaryOf(given, verdict).split('\n')
    assert.match(lines[0] ?? '', /Non-conformant/)
    assert.ok(lines.some((line) => line.startsWith('### Cause 1: UDP from node')))
    assert.ok(!lines.some((line) => line.includes('P01 the promise')), 'the cause explains P01')
  })

  it('takes hostile names as text, and fits', () => {
    const run = hostileRun(2_000)
    const summary = summaryOf(run.given, run.verdict)
    assert.ok(Buffer.byteLength(summary) < 1_048_576)
    const outsideCode = summary.replaceAll(/(`{3,})text\n[\s\S]*?\n\1(?=\n)/g, '')
    const isWrong = (text: string) => /<(script|img)|[^\\]@everyone|[^\\]\]\(/.test(text)
    assert.ok(!isWrong(outsideCode.replaceAll(/<summary>[^<]*<\/summary>/g, '')))
    assert.ok(isTame(summary))
  })
})

describe('annotations', () => {
  it('are one for each cause and each row that none explains', () => {
    const lines = annotationsOf(given, verdict)
    assert.equal(lines.length, 2)
    assert.match(lines[0] ?? '', /^::error title=flatnet%3A cause 1::UDP from node-1/)
    assert.match(lines[1] ?? '', /^::warning title=P02 the promise P02%3A TCP::busy$/)
  })

  it('are at most ten of a kind, each one line, whatever names are', () => {
    const run = hostileRun(40)
    const lines = annotationsOf(run.given, run.verdict)
    for (const kind of ['error', 'warning'])
      assert.equal(lines.filter((line) => line.startsWith(`::${kind} `)).length, 10)
    assert.equal(lines.length, 20)
    for (const line of lines) {
      assert.ok(/^::(error|warning) title=[^:,\n]*::[^\n]*$/.test(line))
      assert.ok(Buffer.byteLength(line) < 4_096 * 2)
      assert.ok(isTame(line))
    }
  })
})

describe('the badge', () => {
  it('is an image with its words', () => {
    using document = XmlDocument.fromString(badgeOf(verdict))
    assert.equal(document.root.attr('aria-label')?.value, 'Kubernetes network model: not conformant')
  })
})

describe('report.yaml', () => {
  it('names the causes and what they explain', () => {
    const { causes } = reportOf(given, verdict)
    assert.deepEqual(causes, [
      {
        ...{ kind: 'lost', says: 'UDP from node-1 is lost (3 of 3).', sure: true, nodes: ['node-1'], protocol: 'UDP' },
        ...{ conversations: { broken: 3, of: 3 }, intact: ['TCP on the same path is intact.'] },
        ...{ explains: [{ id: 'P01', row: 'TCP' }], usually: 'a firewall', look: ['nft list ruleset', 'ip -s link'] },
      },
    ])
  })

  it('holds hostile names as they are', () => {
    const run = hostileRun()
    const report = reportOf(run.given, run.verdict)
    assert.deepEqual(parse(stringify(report, { lineWidth: 0 })), JSON.parse(JSON.stringify(report)))
  })
})

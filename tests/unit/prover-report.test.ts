import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { faultList, proofLines, trialLine } from '../../cli/prove/lines.ts'
import type { Step } from '../../contract/step.ts'
import { FAULTS } from '../../faults/index.ts'
import { judgeTrial } from '../../prover/judge.ts'
import type { Proof } from '../../prover/prove.ts'
import { ProofReport, proofSchema, reportOf } from '../../prover/report.ts'

const STEP = { in: 'Then', step: 'Then the server answers' } as const

const trialOf = (status: 'failed' | 'passed' | 'inconclusive' | 'skipped', failedIn: Step = STEP, id = 'P04') =>
  judgeTrial(
    {
      id: 'a-fault',
      says: 'Something breaks.',
      breaks: [{ id: 'P04' }],
      where: 'one node',
      on: ['reference'],
      steps: () => [],
    },
    'node-1',
    { rows: [{ id, row: 'TCP', uri: 'a', line: 1, status, because: 'so', failedIn }], seconds: 2 },
  )

const proof = (parts: Partial<Proof>): Proof => ({
  opened: {
    source: 'reference',
    nodes: ['node-1', 'node-2'],
    portrait: { kubernetesVersion: '1.36', cni: 'bridge', proxyMode: 'nftables', ipFamilies: ['IPv4'] },
    unfit: {},
  },
  trials: [trialOf('failed')],
  kept: ['P04'],
  unkilled: [],
  noFaultHere: [],
  unhealthy: [],
  ...parts,
})
const report = (parts: Partial<Proof>) => reportOf(proof(parts), { seed: 1, seconds: 3 })

describe('the report of a proof', () => {
  it('means 0 only when nothing survived, 1 when something did, 2 when it cannot be said', () => {
    const codes: [Partial<Proof>, number, string][] = [
      [{}, 0, 'proven'],
      [{ noFaultHere: ['E01'] }, 0, 'proven'],
      [{ trials: [trialOf('failed'), trialOf('skipped')] }, 0, 'proven'],
      [{ trials: [trialOf('failed'), trialOf('passed')] }, 1, 'survived'],
      [{ unkilled: ['P05'] }, 1, 'survived'],
      [
        {
          trials: [
            { ...trialOf('failed'), collateral: [{ id: 'I01', row: '', because: '', explained: false, ...STEP }] },
          ],
        },
        1,
        'survived',
      ],
      [
        {
          trials: [
            { ...trialOf('failed'), collateral: [{ id: 'I01', row: '', because: '', explained: true, ...STEP }] },
          ],
        },
        0,
        'proven',
      ],
      [{ trials: [trialOf('failed'), trialOf('inconclusive')] }, 2, 'inconclusive'],
      [{ unhealthy: ['P01: no'] }, 2, 'inconclusive'],
      [{ trials: [] }, 2, 'inconclusive'],
      [{ trials: [trialOf('skipped')] }, 2, 'inconclusive'],
      [{ trials: [trialOf('passed')], unhealthy: ['P01: no'] }, 1, 'survived'],
    ]
    for (const [parts, code, result] of codes) {
      const found = report(parts)
      assert.deepEqual([found.code, found.report.result], [code, result], JSON.stringify(parts))
    }
  })

  it('keeps its schema, which is the one that is published', () => {
    for (const parts of [{}, { trials: [trialOf('passed')] }, { unhealthy: ['P01: no'] }])
      ProofReport.parse(JSON.parse(JSON.stringify(report(parts).report)))
    const published = readFileSync(new URL('../../docs/schemas/proof-report.schema.json', import.meta.url), 'utf8')
    assert.deepEqual(JSON.parse(published), proofSchema(), 'npm run schema writes it anew')
  })

  it('names survivors once and counts what could be put in', () => {
    const survivor = { ...trialOf('passed'), node: 'node-2' }
    const { score, survivors } = report({ trials: [trialOf('passed'), survivor, trialOf('skipped')] }).report
    assert.deepEqual(survivors, ['a-fault'])
    assert.deepEqual(score, { killed: 0, faults: 2, notApplicable: 1 })
  })
})

describe('the lines of a proof', () => {
  const many = Array.from({ length: 60 }, (_, i) => `P${i + 10}: one of many things that went wrong\n  at length`)
  const lines = (parts: Partial<Proof>) => {
    const whole = proof(parts)
    return proofLines(whole, reportOf(whole, { seed: 1, seconds: 3 }).report, ['P04'], 'proof.json')
  }

  it('fit a terminal and say what escaped', () => {
    const text = lines({ trials: [trialOf('passed')], unkilled: ['P05'], noFaultHere: ['E01'], unhealthy: many })
    for (const line of text) assert.ok(line.length <= 80, line)
    const all = text.join('\n')
    for (const words of [
      /^Survived\n {2}a-fault on node-1: P04 did not fail\./m,
      /^Never failed under any fault\n {2}P05$/m,
      /^No fault for these can be injected here\n {2}E01$/m,
      /… and 55 more$/m,
      /^NOT PROVEN {3}0 of 1 faults detected/m,
    ])
      assert.match(all, words)
  })

  it('name the step of each kill if the faults were named, and the step of what is no kill', () => {
    const killed = proof({})
    const all = (whole: Proof, named: boolean) =>
      proofLines(whole, reportOf(whole, { seed: 1, seconds: 3 }).report, ['P04'], 'proof.json', named).join('\n')
    assert.match(all(killed, true), /^Killed by\n {2}a-fault: P04 \(TCP\): Then the server answers$/m)
    assert.doesNotMatch(all(killed, false), /Killed by/)
    const early = trialOf('failed', { in: 'Given', step: 'Given a Service' })
    assert.match(trialLine(early, 1, 44), /FAIL .*P04 failed before its Then, in: Given a\s+Service/)
    assert.match(all(proof({ trials: [early] }), true), /< failed before its Then/)
  })

  it('name the row that passed where a claim needs all of its rows', () => {
    const partly = { ...trialOf('passed'), spared: [{ id: 'P04', row: 'the same node, UDP' }] }
    assert.match(trialLine(partly, 1, 44).replace(/\s+/g, ' '), /: P04 did not fail in its row: the same node, UDP/)
  })

  it('of the faults fit a terminal as well', () => {
    for (const line of faultList(FAULTS)) assert.ok(line.length <= 80, line)
  })

  it('of a trial fit a terminal as well', () => {
    const long = { ...trialOf('passed'), survivedIn: Array.from({ length: 30 }, (_, i) => `P${i + 10}`) }
    for (const line of trialLine(long, 1, 44).split('\n')) assert.ok(line.length <= 80, line)
    assert.match(trialLine(trialOf('failed'), 1, 44), /^ {2}ok {4} 1\/44 {2}a-fault on node-1: P04 {2}2\.0\u00a0s$/)
  })
})

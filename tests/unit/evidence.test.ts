import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NonConformance } from '../../contract/errors.ts'
import { Evidence } from '../../contract/media.ts'
import type { Outcome } from '../../probe/protocol.ts'
import { evidenceOf } from '../../steps/evidence.ts'
import { fakeTopology, flow, probeOf } from './fake.ts'

const topology = fakeTopology(2)
const opened = (port: number, change: (outcome: Outcome) => void = () => {}): Outcome =>
  flow(probeOf(topology, 'client', 0), probeOf(topology, 'server', 1), (outcome) => {
    outcome.dial.port = port
    change(outcome)
  }).outcome
const portsOf = (evidence: Evidence) => evidence.flows.map((each) => (each as Outcome).dial.port)
const refused = (port: number) => opened(port, (outcome) => Object.assign(outcome, { failure: 'refused' }))

describe('the evidence of a scenario', () => {
  const answered = Array.from({ length: 300 }, (_, i) => opened(i))

  it('has what broke the promise first, then what failed, then the others, up to a limit', () => {
    const [culprit, other] = [opened(900), refused(901)]
    const broken = new NonConformance({ expected: 'e', actual: 'a', where: 'w', outcomes: [culprit] })
    const evidence = evidenceOf([...answered, other, culprit], broken)
    assert.deepEqual(portsOf(evidence).slice(0, 4), [900, 901, 0, 1])
    assert.deepEqual([evidence.flows.length, evidence.flowsBroken, evidence.flowsTotal], [200, 1, 302])
    assert.deepEqual(evidence.violation, { expected: 'e', actual: 'a', where: 'w' })
    assert.deepEqual(Evidence.parse(JSON.parse(JSON.stringify(evidence))), JSON.parse(JSON.stringify(evidence)))
  })

  it('has an outcome that only the claim saw', () => {
    const broken = new NonConformance({ expected: 'e', actual: 'a', outcomes: [opened(900)] })
    assert.deepEqual(portsOf(evidenceOf([opened(1)], broken)), [900, 1])
  })

  it('of a promise that is kept has no violation', () => {
    const evidence = evidenceOf(answered)
    assert.deepEqual([evidence.violation, evidence.flowsBroken, evidence.flowsTotal], [undefined, 0, 300])
  })
})

describe('a non-conformance', () => {
  it('says what was expected and what was seen, once each', () => {
    const error = new NonConformance({ expected: 'the address is kept', actual: 'it is not', where: 'on node-1' })
    assert.equal(error.message, 'Expected: the address is kept.\nSeen: it is not\non node-1')
    assert.equal(error.showDiff, false)
  })
})

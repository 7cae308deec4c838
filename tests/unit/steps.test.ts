import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Envelope } from '@cucumber/messages'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import { MEDIA, type Violation } from '../../contract/media.ts'
import { type Step, stepOf } from '../../contract/step.ts'
import { Model } from '../../reports/model.ts'
import { claim } from '../../steps/keywords.ts'

const GIVEN = stepOf({ type: 'Context', text: 'a Service' })
const WHEN = stepOf({ type: 'Action', text: 'the client dials it' })
const broken = (actual: string) => new NonConformance({ expected: 'it answers', actual })

describe('a step', () => {
  it('is of the kind that Gherkin gives it, and a hook without one', () => {
    assert.deepEqual(GIVEN, { in: 'Given', step: 'Given a Service' })
    assert.deepEqual(WHEN, { in: 'When', step: 'When the client dials it' })
    assert.deepEqual(stepOf({ type: 'Outcome', text: 'it answers' }), { in: 'Then', step: 'Then it answers' })
    assert.deepEqual(stepOf({ type: 'Unknown', text: 'odd' }), { in: 'hook', step: 'odd' })
    assert.deepEqual(stepOf(undefined, 'needs dns'), { in: 'hook', step: 'needs dns' })
  })
})

describe('a Then', () => {
  const run = async (found: Step | undefined, body: () => unknown, isLast: boolean) => {
    let ran = false
    const early = found ? broken('early').foundBy(found) : undefined
    const error = await claim({ early, isLast }, () => {
      ran = true
      return body()
    }).then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    return { ran, said: error?.message.split('\n')[1] }
  }
  const holds = () => undefined
  const fails = () => {
    throw broken('own')
  }
  const hasNothing = () => {
    throw new Error('this scenario has no answers yet')
  }

  it('throws its own claim if no earlier step has found anything', async () => {
    assert.deepEqual(await run(undefined, holds, true), { ran: true, said: undefined })
    assert.deepEqual(await run(undefined, fails, false), { ran: true, said: 'Seen: own' })
    await assert.rejects(claim({ early: undefined, isLast: true }, hasNothing), /no answers yet/)
    await assert.rejects(
      claim({ early: undefined, isLast: true }, async () => {
        throw new Trouble('too busy')
      }),
      Trouble,
    )
  })

  it('throws what a Given has found, and claims nothing itself', async () => {
    for (const isLast of [true, false])
      assert.deepEqual(await run(GIVEN, fails, isLast), { ran: false, said: 'Seen: early' })
  })

  it('throws its own claim before what a When has found, which the last Then throws', async () => {
    assert.deepEqual(await run(WHEN, fails, false), { ran: true, said: 'Seen: own' })
    assert.deepEqual(await run(WHEN, async () => fails(), true), { ran: true, said: 'Seen: own' })
    assert.deepEqual(await run(WHEN, holds, false), { ran: true, said: undefined })
    assert.deepEqual(await run(WHEN, hasNothing, false), { ran: true, said: undefined })
    for (const body of [holds, hasNothing])
      assert.deepEqual(await run(WHEN, body, true), { ran: true, said: 'Seen: early' })
  })
})

describe('the result of a row', () => {
  const steps = [
    { id: 'p1', text: 'a Service', type: 'Context' },
    { id: 'p2', text: 'the client dials it', type: 'Action' },
    { id: 'p3', text: 'it answers', type: 'Outcome' },
    { id: 'p4', text: 'nothing else answers', type: 'Outcome' },
  ]
  const testSteps = [{ id: 'hook', hookId: 'h' }, ...steps.map(({ id }) => ({ id: `t-${id}`, pickleStepId: id }))]
  const at = { timestamp: { seconds: 1, nanos: 0 } }
  const uri = 'a.feature'

  /** The result if this test step fails with a NonConformance, and the steps after it do not run. */
  function resultOf(failing: string | undefined, violation?: Violation) {
    const model = new Model()
    const before = testSteps.findIndex(({ id }) => id === failing)
    const finished = testSteps.map(({ id }, i) => {
      const failed = { status: 'FAILED', message: '', exception: { type: 'NonConformance', message: 'no' } }
      const status = before === -1 || i < before ? 'PASSED' : 'SKIPPED'
      const testStepResult = { ...(id === failing ? failed : { status }), duration: at.timestamp }
      return { testStepFinished: { testCaseStartedId: 'a', testStepId: id, testStepResult, ...at } }
    })
    const evidence = { violation, flows: [], flowsBroken: 0, flowsTotal: 0, quality: NOTHING }
    const messages = [
      { gherkinDocument: { uri, feature: { name: 'f', children: [] }, comments: [] } },
      { pickle: { id: 'p', uri, name: 'n', tags: [{ name: '@P04' }], astNodeIds: [], steps } },
      { testCase: { id: 'c', pickleId: 'p', testSteps } },
      { testCaseStarted: { id: 'a', testCaseId: 'c', attempt: 0, ...at } },
      ...finished,
      { attachment: { testCaseStartedId: 'a', mediaType: MEDIA.evidence, body: JSON.stringify(evidence) } },
      { testCaseFinished: { testCaseStartedId: 'a', ...at } },
    ] as unknown as Envelope[]
    return messages.map((message) => model.take(message)).find((result) => result !== undefined)
  }
  const NOTHING = { datagrams: 0, answers: 0, retransmitted: 0, connectMs: [] }

  it('names the step that failed', () => {
    const failedIn = (failing: string | undefined) => resultOf(failing)?.failedIn
    assert.deepEqual(failedIn('t-p1'), { in: 'Given', step: 'Given a Service' })
    assert.deepEqual(failedIn('t-p2'), { in: 'When', step: 'When the client dials it' })
    assert.deepEqual(failedIn('t-p4'), { in: 'Then', step: 'Then nothing else answers' })
    assert.equal(failedIn('hook')?.in, 'hook')
    assert.equal(failedIn(undefined), undefined)
  })

  it('names the step that found what a Then threw, also in its reason', () => {
    const { violation } = broken('it is silent').foundBy(GIVEN)
    const result = resultOf('t-p3', violation)
    assert.deepEqual([result?.status, result?.failedIn], ['failed', GIVEN])
    assert.equal(result?.because, 'it is silent\nFound before the Then, by: Given a Service')
  })
})

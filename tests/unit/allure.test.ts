import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import type { Envelope } from '@cucumber/messages'
import { restate } from '../../reports/allure/restate.ts'
import { withRules } from '../../reports/allure/rules.ts'

const step = (status: string, trace = '') => ({ status, statusDetails: { message: 'what happened', trace } })

describe('Allure’s results', () => {
  it('call a broken promise failed, in its step and above', () => {
    const broken = step('broken', 'NonConformance: dev-worker translates the source\n    at demand (claims.js:1:1)')
    const result = restate({ status: 'broken', steps: [step('passed'), broken, step('skipped')] })
    assert.equal(result.status, 'failed')
    assert.deepEqual(
      result.steps?.map(({ status }) => status),
      ['passed', 'failed', 'skipped'],
    )
  })

  it('leave broken what the suite broke', () => {
    const broken = step('broken', 'Trouble: this is no NonConformance')
    const result = { status: 'broken', steps: [step('passed'), broken] }
    assert.deepEqual(restate(result), result)
  })

  it('have the Rule of a scenario as their story', () => {
    const messages = new EventEmitter()
    const told: Envelope[] = []
    withRules(messages).on('envelope', (envelope: Envelope) => told.push(envelope))
    const scenario = { id: 's1', examples: [], location: { line: 3 } }
    const sent = [
      {
        gherkinDocument: {
          uri: 'a.feature',
          feature: { children: [{ rule: { name: 'a rule', children: [{ scenario }] } }] },
        },
      },
      { pickle: { id: 'p1', uri: 'a.feature', name: 'a scenario', astNodeIds: ['s1'], tags: [] } },
      { testCase: { id: 'c1', pickleId: 'p1' } },
      { testCaseStarted: { id: 'started', testCaseId: 'c1' } },
    ]
    for (const envelope of sent) messages.emit('envelope', envelope)
    assert.deepEqual(told.slice(0, sent.length), sent)
    const [{ attachment } = {}, ...more] = told.slice(sent.length)
    assert.deepEqual(more, [])
    assert.equal(attachment?.testCaseStartedId, 'started')
    assert.deepEqual(JSON.parse(attachment?.body ?? ''), {
      type: 'metadata',
      data: { labels: [{ name: 'story', value: 'a rule' }] },
    })
  })
})

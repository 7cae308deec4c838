import { EventEmitter } from 'node:events'
import type { Envelope, GherkinDocument, Pickle } from '@cucumber/messages'
import { rowOf } from '../rows.ts'

/** Media type of the attachment that gives labels to Allure's adapter. */
const MESSAGE = 'application/vnd.allure.message+json'

/** Repeats all messages, and adds one after the start of each scenario: its Rule as Allure's story, which the adapter leaves out. */
export function withRules(messages: EventEmitter): EventEmitter {
  const enriched = new EventEmitter()
  const documents = new Map<string, GherkinDocument>()
  const pickles = new Map<string, Pickle>()
  const cases = new Map<string, string>()
  messages.on('envelope', (envelope: Envelope) => {
    enriched.emit('envelope', envelope)
    const { gherkinDocument, pickle, testCase, testCaseStarted } = envelope
    if (gherkinDocument?.uri) documents.set(gherkinDocument.uri, gherkinDocument)
    if (pickle) pickles.set(pickle.id, pickle)
    if (testCase) cases.set(testCase.id, testCase.pickleId)
    if (!testCaseStarted) return
    const started = pickles.get(cases.get(testCaseStarted.testCaseId) ?? '')
    const document = documents.get(started?.uri ?? '')
    if (!started || !document) return
    const labels = [{ name: 'story', value: rowOf(document, started).title }]
    const body = JSON.stringify({ type: 'metadata', data: { labels } })
    const attachment = { testCaseStartedId: testCaseStarted.id, mediaType: MESSAGE, contentEncoding: 'IDENTITY', body }
    enriched.emit('envelope', { attachment })
  })
  return enriched
}

import type { Envelope, GherkinDocument, Pickle, TestCase, TestStepFinished } from '@cucumber/messages'
import { type Expected, expectationOf } from '../contract/expected.ts'
import { Evidence, MEDIA, NodeEvidence, Observation, RunEnd, RunFacts, reasonOf } from '../contract/media.ts'
import type { Row } from '../contract/row.ts'
import { type Step, stepOf } from '../contract/step.ts'
import { combined } from './combine.ts'
import { rowOf } from './rows.ts'

/** `expected`: it failed, and a baseline says so with a reason. */
export type RowStatus = 'passed' | 'failed' | 'expected' | 'skipped' | 'inconclusive'

/** A step that ran, or a hook that did not pass. */
export interface StepResult {
  text: string
  /** Cucumber's word in lower case: passed, failed, skipped, undefined, … */
  status: string
  /** Milliseconds. */
  duration: number
}

/** The result of one row. */
export interface Result extends Row {
  status: RowStatus
  /** Why it failed, was skipped, or is inconclusive. */
  because: string
  /** The step that failed, or the one that found what a later step threw. */
  failedIn?: Step
  /** Why it was expected to fail. */
  reason?: string
  /** When it started, in milliseconds since 1970. */
  started: number
  /** Milliseconds. */
  duration: number
  steps: StepResult[]
  evidence: Evidence
  /** Tables as text, for the screen. */
  tables: string[]
  /** The timeline of the clients' conversations while a Service changed. */
  timeline?: Timeline
}

/** A row that is running. `started`: milliseconds since 1970. */
export interface Running {
  id: string
  tags: readonly string[]
  started: number
}

/** A timeline as a text drawing, and as rows for programs. */
export interface Timeline {
  drawing: string
  rows: unknown
}

/** An observation, with the id of its scenario. */
export type RowObservation = Observation & { id: string }

const NONE: Evidence = {
  flows: [],
  flowsBroken: 0,
  flowsTotal: 0,
  quality: { datagrams: 0, answers: 0, retransmitted: 0, aborted: 0, connectMs: [] },
  paths: [],
}

interface Attempt {
  pickle: Pickle
  case: TestCase
  document: GherkinDocument | undefined
  steps: TestStepFinished[]
  because: string
  tables: string[]
  drawing: string
  rows: unknown
  evidence: Evidence
  started: number
}

const millis = (time: { seconds: number; nanos: number }) => time.seconds * 1000 + time.nanos / 1e6

/** Reads a stream of cucumber messages, one at a time. All reports are made from it. */
export class Model {
  readonly results: Result[] = []
  readonly observations: RowObservation[] = []
  facts: RunFacts | undefined
  end: RunEnd | undefined
  /** What the nodes showed about the causes. */
  nodes: readonly NodeEvidence[] = []
  readonly #documents = new Map<string, GherkinDocument>()
  readonly #pickles = new Map<string, Pickle>()
  readonly #cases = new Map<string, TestCase>()
  readonly #attempts = new Map<string, Attempt>()

  /** Takes one message. Gives the result of a row if the message ended it. */
  take(envelope: Envelope): Result | undefined {
    const { gherkinDocument, pickle, testCase, testCaseStarted, testStepFinished, attachment, testCaseFinished } =
      envelope
    if (gherkinDocument) this.#documents.set(gherkinDocument.uri ?? '', gherkinDocument)
    if (pickle) this.#pickles.set(pickle.id, pickle)
    if (testCase) this.#cases.set(testCase.id, testCase)
    if (testCaseStarted) this.#start(testCaseStarted.id, testCaseStarted.testCaseId, millis(testCaseStarted.timestamp))
    if (testStepFinished) this.#attempts.get(testStepFinished.testCaseStartedId)?.steps.push(testStepFinished)
    if (attachment) this.#attach(attachment.mediaType, attachment.body, attachment.testCaseStartedId)
    if (!testCaseFinished) return undefined
    const attempt = this.#attempts.get(testCaseFinished.testCaseStartedId)
    this.#attempts.delete(testCaseFinished.testCaseStartedId)
    if (!attempt?.document) return undefined
    const result = expect(conclude(attempt, millis(testCaseFinished.timestamp)), this.facts?.expected ?? [])
    this.#keep(result)
    return result
  }

  /** Keeps one result of a row. In the merged messages of shards, a row has a result of each shard that ran it. */
  #keep(result: Result): void {
    const at = this.results.findIndex(({ uri, line }) => uri === result.uri && line === result.line)
    const known = this.results[at]
    if (known) this.results[at] = combined(known, result)
    else this.results.push(result)
  }

  /** The rows that are running now. */
  running(): Running[] {
    return [...this.#attempts.values()].flatMap(({ document, pickle, started }) =>
      document ? [{ ...rowOf(document, pickle), started }] : [],
    )
  }

  #start(id: string, testCaseId: string, started: number): void {
    const testCase = this.#cases.get(testCaseId)
    const pickle = this.#pickles.get(testCase?.pickleId ?? '')
    if (!testCase || !pickle) return
    const document = this.#documents.get(pickle.uri)
    this.#attempts.set(id, {
      pickle,
      case: testCase,
      document,
      steps: [],
      because: '',
      tables: [],
      drawing: '',
      rows: undefined,
      evidence: NONE,
      started,
    })
  }

  #attach(mediaType: string, body: string, of: string | undefined): void {
    if (mediaType === MEDIA.facts) this.facts = RunFacts.parse(JSON.parse(body))
    if (mediaType === MEDIA.nodes) this.nodes = NodeEvidence.array().parse(JSON.parse(body))
    if (mediaType === MEDIA.end) this.end = RunEnd.parse(JSON.parse(body))
    const attempt = this.#attempts.get(of ?? '')
    if (!attempt) return
    if (mediaType === MEDIA.because) attempt.because = body
    if (mediaType === MEDIA.table) attempt.tables.push(body)
    if (mediaType === MEDIA.drawing) attempt.drawing = body
    if (mediaType === MEDIA.timeline) attempt.rows = JSON.parse(body)
    if (mediaType === MEDIA.evidence) attempt.evidence = Evidence.parse(JSON.parse(body))
    if (mediaType === MEDIA.observation) {
      const id = attempt.document ? rowOf(attempt.document, attempt.pickle).id : ''
      this.observations.push({ id, ...Observation.parse(JSON.parse(body)) })
    }
  }
}

/** Gives the result of a failed row the status `expected` if an entry of a baseline is about it. */
function expect(result: Result, entries: readonly Expected[]): Result {
  const entry = result.status === 'failed' ? expectationOf(entries, result) : undefined
  return entry ? { ...result, status: 'expected', reason: entry.reason } : result
}

/** The reason of a step that cucumber did not run, such as an undefined one. */
const unknownStep = (status: string): string =>
  `a step of this scenario is ${status}; flatnet list --steps prints all sentences`

/** The step of this result. */
function failedStep({ pickle, case: { testSteps } }: Attempt, { testStepId }: TestStepFinished): Step {
  const planned = testSteps.find(({ id }) => id === testStepId)
  return stepOf(pickle.steps.find(({ id }) => id === planned?.pickleStepId))
}

/** A step as reports list it: every sentence of the scenario, and hooks that did not pass. */
function stepResult({ pickle, case: { testSteps } }: Attempt, finished: TestStepFinished): StepResult[] {
  const { status, duration } = finished.testStepResult
  const planned = testSteps.find(({ id }) => id === finished.testStepId)
  const step = pickle.steps.find(({ id }) => id === planned?.pickleStepId)
  if (!step && status === 'PASSED') return []
  return [{ text: stepOf(step, 'a hook').step, status: status.toLowerCase(), duration: millis(duration) }]
}

/** Judges a row. Only a step that failed with a NonConformance is a verdict about the network; any other error is a harness error. */
function conclude(attempt: Attempt, ended: number): Result {
  const { pickle, document, steps, tables, drawing, rows, evidence, started } = attempt
  if (!document) throw new Error(`no document for ${pickle.uri}`)
  const bad = steps.filter(({ testStepResult: { status } }) => !['PASSED', 'SKIPPED'].includes(status))
  const verdict = bad.find(({ testStepResult: { exception } }) => exception?.type === 'NonConformance')
  const first = verdict ?? bad[0]
  const skipped = steps.some(({ testStepResult: { status } }) => status === 'SKIPPED')
  const status: RowStatus = verdict
    ? 'failed'
    : first
      ? 'inconclusive'
      : skipped || steps.length === 0
        ? 'skipped'
        : 'passed'
  const { exception, message, status: word } = first?.testStepResult ?? {}
  const violation = verdict && evidence.violation
  const because = violation
    ? reasonOf(violation)
    : (exception?.message ??
      message?.split('\n    at ')[0] ??
      (first ? unknownStep(word?.toLowerCase() ?? '') : attempt.because))
  return {
    ...rowOf(document, pickle),
    status,
    because,
    ...(first && { failedIn: (verdict && evidence.violation?.found) ?? failedStep(attempt, first) }),
    started,
    duration: ended - started,
    steps: steps.flatMap((each) => stepResult(attempt, each)),
    evidence,
    tables,
    ...(drawing && { timeline: { drawing, rows } }),
  }
}

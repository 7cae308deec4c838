import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator } from '@cucumber/messages'
import { packageRoot } from '../../contract/files.ts'
import { loadSteps } from '../../suite/cucumber.ts'

/** All that the suite can say. One more sentence has to make another one unnecessary. */
const BUDGET = 71

/** Sentences of one scenario alone: promises that are one of a kind, where a shared sentence would say less. */
const ONE_OF_A_KIND = [
  '^(the backend moves to another node, and )?the client asks every node’s health check node port$',
  'nodes with a backend answer 200, and the others 503',
  '^the Service’s session affinity is changed to None( and back)?$',
  'a second container binds the {transport} port that its sibling holds',
  'each pod’s status.podIP is the first of its status.podIPs',
  'each {familyHolder} of each family',
  'it is a veth whose other end is the pod’s interface',
  '{ranges}',
  'no two pods have the same address',
  'one backend is terminated, and its endpoint is watched',
  'one container of every pod restarts',
  'one of the pods stops being ready, one is deleted, and a new one starts',
  'no lookup needs a second try',
  'other backends join the Service',
  'the API server answers every client',
  'the Service’s type is changed to ClusterIP',
  'the backends’ shares differ by no more than chance',
  'the client and the server name the client by the same address',
  'the client asks for the API’s version over TLS',
  'the client opens a TCP conversation with the server’s pod IP, and reports its addresses',
  'the client opens {conversations}, waits for longer than the timeout, and opens them again',
  'the client publishes the address of its interface, and the server calls it back',
  'the kubelet has probed the open port several times',
  'the virtual IP is the Service’s alone',
  '{endpoint} endpoint is {conditions}',
  '{port} be bound at the same time',
]

interface Definition {
  pattern: string | RegExp
  keyword: string
  expression: { match(text: string): unknown }
}

const root = packageRoot()
const newId = IdGenerator.uuid()
const pickles = globSync('features/**/*.feature', { cwd: root }).flatMap((uri) => {
  const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher())
  return compile(parser.parse(readFileSync(join(root, uri), 'utf8')), uri, newId)
})
const { stepDefinitions } = (await loadSteps()) as unknown as { stepDefinitions: Definition[] }
const words = ({ pattern }: Definition) => (typeof pattern === 'string' ? pattern : pattern.source)

/** By sentence: ids of the scenarios that say it. */
const used = new Map(stepDefinitions.map((each) => [words(each), new Set<string>()]))
for (const { steps, tags } of pickles) {
  const id = tags.map(({ name }) => name).find((name) => /^@[A-Z]{1,2}\d\d$/.test(name)) ?? ''
  for (const { text } of steps)
    for (const each of stepDefinitions) if (each.expression.match(text)) used.get(words(each))?.add(id)
}

describe('the vocabulary', () => {
  it(`says everything in at most ${BUDGET} sentences`, () => {
    assert.ok(stepDefinitions.length > 40)
    assert.ok(stepDefinitions.length <= BUDGET, `${stepDefinitions.length} sentences`)
  })

  it('has no sentence that no scenario says', () => {
    assert.deepEqual(
      [...used].flatMap(([sentence, ids]) => (ids.size === 0 ? [sentence] : [])),
      [],
    )
  })

  it('says a thing of one scenario alone where that is one of a kind', () => {
    const single = [...used].flatMap(([sentence, ids]) => (ids.size === 1 ? [sentence.replaceAll("'", '’')] : []))
    assert.deepEqual(single.sort(), ONE_OF_A_KIND.map((each) => each.replaceAll("'", '’')).sort())
  })

  it('keeps the body of a step within five lines', () => {
    const long = globSync('steps/*.steps.ts', { cwd: root }).flatMap((file) => longBodies(file))
    assert.deepEqual(long, [])
  })
})

/** Steps whose function has more than five lines. */
function longBodies(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  const steps = [...source.matchAll(/^(?:Given|When|Then)\((.*?)^(?:\}|)\)/gms)].map(([step]) => step)
  return steps.flatMap((step) => {
    const body = step.slice(step.indexOf(') {\n') + 4).split('\n')
    const lines = body.slice(
      0,
      body.findLastIndex((line) => /^ *\}[,)]*$/.test(line)),
    ).length
    return lines > 5 ? [`${file}: ${lines} lines: ${step.split('\n').slice(0, 2).join(' ')}`] : []
  })
}

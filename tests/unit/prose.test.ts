import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readSpecification } from '../../suite/features.ts'

/** First words of a title that has no subject. */
const NO_SUBJECT = [
  ...['it', 'its', 'they', 'their', 'this', 'that', 'these', 'those', 'such', 'so', 'there'],
  ...['one that', 'one which', 'all are', 'all that', 'both are', 'none is', 'some are'],
  ...['nobody', 'nothing', 'somebody', 'something', 'whoever', 'whatever', 'who', 'what', 'which'],
  ...['is', 'are', 'was', 'were', 'has', 'have', 'does', 'can', 'may', 'must'],
  ...['with', 'without', 'by', 'in', 'on', 'at', 'of', 'from', 'for', 'to', 'as', 'when', 'where', 'while', 'if'],
  ...['and', 'or', 'but', 'not'],
]

const HELP =
  'a title must have a subject: start it with the noun that it is about (a Service, the client, every node), ' +
  'because flatnet list and reports print it alone'

const hasSubject = (title: string): boolean =>
  !NO_SUBJECT.some((words) => title.toLowerCase() === words || title.toLowerCase().startsWith(`${words} `))

const titles = readSpecification().documents.flatMap(({ uri, feature }) =>
  (feature?.children ?? []).flatMap(({ rule }) => {
    const scenarios = rule?.children.flatMap(({ scenario }) => scenario ?? []) ?? []
    return [...(rule ? [rule] : []), ...scenarios].map(({ name, location }) => ({
      name,
      at: `${uri}:${location.line}`,
    }))
  }),
)

describe('titles of Rules and scenarios', () => {
  it('have a subject', () => {
    const wrong = titles.filter(({ name }) => !hasSubject(name)).map(({ name, at }) => `${at}  ${name}`)
    assert.ok(wrong.length === 0, `${HELP}\n${wrong.join('\n')}`)
  })

  it('without a subject are found', () => {
    assert.ok(titles.length > 150)
    for (const title of ['it lies in a Service range', 'all are ending', 'so have its pods', 'one that is made again'])
      assert.equal(hasSubject(title), false, title)
    for (const title of ['a Service answers', 'one pod restarts', 'all pods answer', 'Its', 'items of a list'])
      assert.equal(hasSubject(title), title !== 'Its', title)
  })
})

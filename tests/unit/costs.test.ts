import assert from 'node:assert/strict'
import { it } from 'node:test'
import { costs } from '../../scripts/bench/costs.mjs'

const at = (seconds: number) => ({ seconds, nanos: 500_000_000 })

const row = (id: string, n: number, from: number, to: number, status = 'PASSED') => [
  { pickle: { id: `p${n}`, tags: [{ name: '@core' }, { name: `@${id}` }] } },
  { testCase: { id: `c${n}`, pickleId: `p${n}` } },
  { testCaseStarted: { id: `s${n}`, testCaseId: `c${n}`, timestamp: at(from) } },
  { testStepFinished: { testCaseStartedId: `s${n}`, testStepResult: { status } } },
  ...(status === 'FAILED'
    ? [{ testStepFinished: { testCaseStartedId: `s${n}`, testStepResult: { status: 'SKIPPED' } } }]
    : []),
  { testCaseFinished: { testCaseStartedId: `s${n}`, timestamp: at(to) } },
]

it('the costs of a run are those of its rows, without the skipped ones, the dearest scenario first', () => {
  const messages = [
    ...row('P01', 1, 0, 2),
    ...row('S06', 2, 0, 5, 'FAILED'),
    ...row('S06', 3, 1, 4),
    ...row('S26', 4, 0, 9, 'SKIPPED'),
  ]
  assert.deepEqual(costs(`${messages.map((each) => JSON.stringify(each)).join('\n')}\n`), {
    scenarios: [
      { id: 'S06', rows: 2, seconds: 8, longest: 5 },
      { id: 'P01', rows: 1, seconds: 2, longest: 2 },
    ],
    rows: 3,
    busy: 10,
  })
})

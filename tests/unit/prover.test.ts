import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Step } from '../../contract/step.ts'
import type { Fault } from '../../faults/fault.ts'
import { FAULTS } from '../../faults/index.ts'
import { judgeTrial } from '../../prover/judge.ts'
import { matrix } from '../../prover/matrix.ts'
import { chooseFaults, nodesFor, rowsUnder } from '../../prover/plan.ts'
import type { Answer, RowResult } from '../../prover/protocol.ts'
import { unprovenOf } from '../../prover/unproven.ts'
import { readSpecification } from '../../suite/features.ts'

const { rows: ROWS } = readSpecification()

const fault = (parts: Partial<Fault>): Fault => ({
  id: 'a-fault',
  says: 'Something breaks.',
  breaks: [{ id: 'P04' }],
  where: 'one node',
  on: ['reference'],
  steps: () => [],
  ...parts,
})

const row = (id: string, status: RowResult['status'], name = '', kind: Step['in'] = 'Then'): RowResult => ({
  id,
  row: name,
  uri: 'a.feature',
  line: 1,
  status,
  because: status === 'passed' ? '' : `${id} ${status}`,
  ...(status === 'failed' && { failedIn: { in: kind, step: `${kind} it works` } }),
})

const trial = (parts: Partial<Fault>, rows: RowResult[], answer: Partial<Answer> = {}) =>
  judgeTrial(fault(parts), 'node-1', { rows, seconds: 1, ...answer })

describe('a trial', () => {
  it('is a kill when a claimed row failed, and says in whose words', () => {
    const { result, killers, ran } = trial({}, [row('P04', 'failed', 'TCP'), row('P01', 'passed')])
    assert.equal(result, 'killed')
    assert.deepEqual(killers, [{ id: 'P04', row: 'TCP', because: 'P04 failed', in: 'Then', step: 'Then it works' }])
    assert.deepEqual(ran, { P04: 'red', P01: 'green' })
  })

  it('is no kill by anything but a verdict', () => {
    const { result, killers, because } = trial({}, [row('P04', 'inconclusive')])
    assert.equal(result, 'not judged')
    assert.deepEqual(killers, [])
    assert.match(because ?? '', /^P04 was inconclusive: P04 inconclusive/)
    assert.equal(trial({}, [row('P04', 'passed')]).result, 'survived')
    assert.equal(trial({}, []).result, 'survived', 'a claim over nothing')
  })

  it('is no kill by what failed before its Then, and names that step', () => {
    for (const kind of ['Given', 'When', 'hook'] as const) {
      const { result, killers, survivedIn, early } = trial({}, [row('P04', 'failed', 'TCP', kind)])
      assert.equal(result, 'survived', kind)
      assert.deepEqual([killers, survivedIn], [[], ['P04']])
      assert.deepEqual(early, [{ id: 'P04', row: 'TCP', because: 'P04 failed', in: kind, step: `${kind} it works` }])
    }
    const { failedIn: _, ...untold } = row('P04', 'failed')
    assert.equal(trial({}, [untold]).result, 'survived', 'a step that is not known')
  })

  it('needs one row that failed in a Then, and all of them where the claim names rows', () => {
    const rows = [row('P04', 'failed', 'TCP', 'Given'), row('P04', 'failed', 'UDP')]
    const { result, killers, early } = trial({}, rows)
    assert.equal(result, 'killed')
    assert.deepEqual([killers.map((each) => each.row), early.map((each) => each.row)], [['UDP'], ['TCP']])
    assert.equal(trial({ breaks: [{ id: 'P04', rows: /TCP|UDP/ }] }, rows).result, 'survived')
  })

  it('names the rows that passed although the claim needs all of them', () => {
    const breaks = [{ id: 'P04', rows: /UDP/ }, { id: 'P05' }]
    const rows = [
      ...[row('P04', 'failed', 'another node, UDP'), row('P04', 'passed', 'the same node, UDP')],
      ...[row('P04', 'passed', 'the same node, TCP'), row('P05', 'passed', 'UDP')],
    ]
    const { survivedIn, spared } = trial({ breaks }, rows)
    assert.deepEqual(survivedIn, ['P04', 'P05'])
    assert.deepEqual(spared, [{ id: 'P04', row: 'the same node, UDP' }])
    assert.deepEqual(trial({ breaks: [{ id: 'P04' }] }, rows).spared, [])
  })

  it('needs every claim', () => {
    const breaks = [{ id: 'P04' }, { id: 'P05' }]
    const { result, survivedIn } = trial({ breaks }, [row('P04', 'failed'), row('P05', 'passed')])
    assert.equal(result, 'survived')
    assert.deepEqual(survivedIn, ['P05'])
  })

  it('needs all of the rows that a claim names, and one where it names none', () => {
    const rows = [row('P04', 'failed', 'TCP'), row('P04', 'passed', 'UDP')]
    assert.equal(trial({}, rows).result, 'killed')
    assert.equal(trial({ breaks: [{ id: 'P04', rows: /TCP|UDP/ }] }, rows).result, 'survived')
    assert.equal(trial({ breaks: [{ id: 'P04', rows: /TCP/ }] }, rows).result, 'killed')
    assert.equal(trial({ breaks: [{ id: 'P04', rows: /SCTP/ }] }, rows).result, 'survived')
  })

  it('does not count what cannot be tested here', () => {
    const breaks = [{ id: 'P04' }, { id: 'E01' }]
    const some = trial({ breaks }, [row('P04', 'failed'), row('E01', 'skipped')])
    assert.equal(some.result, 'killed')
    assert.deepEqual(some.untested, ['E01'])
    const none = trial({}, [row('P04', 'skipped')])
    assert.equal(none.result, 'not applicable')
    assert.match(none.because ?? '', /^this cluster cannot test P04$/)
    assert.equal(trial({}, [], { unfit: 'the fault needs a kind cluster' }).because, 'the fault needs a kind cluster')
  })

  it('tells what noticed without a claim, and whether the fault says why', () => {
    const also = { ids: ['P05'], because: 'it looks too' }
    const { collateral, result } = trial({ also }, [
      row('P04', 'failed'),
      row('P05', 'failed'),
      row('P01', 'failed'),
      row('P02', 'passed'),
    ])
    assert.equal(result, 'killed')
    assert.deepEqual(
      collateral.map(({ id, explained }) => [id, explained]),
      [
        ['P05', true],
        ['P01', false],
      ],
    )
    const rows = trial({ breaks: [{ id: 'P04', rows: /TCP/ }] }, [
      row('P04', 'failed', 'TCP'),
      row('P04', 'failed', 'UDP'),
    ])
    assert.deepEqual(
      rows.collateral.map(({ row: name }) => name),
      ['UDP'],
    )
  })

  it('is not judged when the prover had trouble, and says all that is left', () => {
    const answer = {
      trouble: 'another process reverted the change',
      left: ['fault a-fault is still in place on node-1'],
    }
    const { result, because, left } = trial({}, [row('P04', 'failed')], answer)
    assert.equal(result, 'not judged')
    assert.match(because ?? '', /reverted the change.*still in place/)
    assert.deepEqual(left, answer.left)
    assert.equal(trial({}, [row('P04', 'failed'), row('P01', 'inconclusive')]).result, 'not judged')
    const also = { ids: ['P01'], because: 'it may' }
    assert.equal(trial({ also }, [row('P04', 'failed'), row('P01', 'inconclusive')]).result, 'killed')
  })
})

describe('what nothing killed', () => {
  const faults = [fault({}), fault({ id: 'another', breaks: [{ id: 'P05' }] })]
  const killed = trial({}, [row('P04', 'failed')])
  const judge = (result: 'survived' | 'not judged' | 'not applicable') => ({
    ...killed,
    fault: 'another',
    result,
    killers: [],
  })

  it('is named, and apart from it what no fault can be put in for', () => {
    const of = (kept: string[], trials: (typeof killed)[]) => Object.values(unprovenOf(kept, faults, trials))
    assert.deepEqual(of(['P04', 'P05'], [killed, judge('survived')]), [['P05'], []])
    assert.deepEqual(of(['P04', 'P05'], [killed, judge('not applicable')]), [[], ['P05']])
    assert.deepEqual(of(['P04', 'P05'], [killed, judge('not judged')]), [[], []], 'said by what was not judged')
    assert.deepEqual(of(['P04', 'I01'], [killed]), [['I01'], []], 'no fault claims it')
    assert.deepEqual(of(['P04'], [{ ...killed, untested: ['P04'], killers: [] }]), [[], ['P04']])
    assert.deepEqual(of(['P04'], [{ ...killed, result: 'not judged' }]), [[], []], 'a doubtful kill is none')
  })
})

describe('a plan', () => {
  it('names the nearest fault or scenario', () => {
    const refuses = (choice: Parameters<typeof chooseFaults>[0], message: RegExp) =>
      assert.throws(() => chooseFaults(choice, ROWS), { name: 'UsageError', message })
    refuses({ faults: ['source-nta'] }, /^there is no fault source-nta; did you mean source-nat\?$/)
    refuses({ faults: ['zzz'] }, /^there is no fault zzz; flatnet prove --list shows all faults\.$/)
    refuses({ scenario: 'P99' }, /^there is no scenario P99/)
    refuses({ faults: ['source-nat'], scenario: 'P04' }, /give one of them/)
  })

  it('takes the faults that claim a scenario', () => {
    const found = chooseFaults({ scenario: 'p04' }, ROWS)
    assert.ok(found.length > 1)
    for (const { breaks } of found) assert.ok(breaks.some(({ id }) => id === 'P04'))
    assert.equal(chooseFaults({}, ROWS), FAULTS)
  })

  it('draws the same nodes for the same seed, and not always one', () => {
    const nodes = ['a', 'b', 'c']
    const draw = (seed: number) => FAULTS.map((each) => nodesFor(each, nodes, seed, false)[0])
    assert.deepEqual(draw(7), draw(7))
    assert.notDeepEqual(draw(7), draw(8))
    assert.deepEqual([...new Set(draw(7))].sort(), nodes)
    assert.deepEqual(nodesFor(fault({}), nodes, 7, true), nodes)
    assert.equal(nodesFor(fault({ where: 'every node' }), nodes, 7, true).length, 1)
  })

  it('runs what is claimed and what must stay green, but not what may notice as well', () => {
    const ids = (each: Fault) => new Set(rowsUnder(each, ROWS, false).map(({ id }) => id))
    const also = { ids: ['P02'], because: 'it crosses nodes' }
    assert.deepEqual([...ids(fault({ also }))].sort(), ['C01', 'C03', 'I01', 'I04', 'P01', 'P04'])
    assert.equal(rowsUnder(fault({}), ROWS, true).length, ROWS.length)
  })
})

describe('the matrix', () => {
  const many = Array.from({ length: 120 }, (_, i) => `P${String(i).padStart(3, '0')}`)
  const trials = Array.from({ length: 3 }, (_, i) =>
    judgeTrial(fault({ id: `fault-number-${i}`, breaks: [{ id: many[i * 50] ?? '' }] }), 'node-1', {
      rows: many.map((id, n) => row(id, n === i * 50 && i !== 1 ? 'failed' : 'passed')),
      seconds: 1,
    }),
  )

  it('fits a terminal, in blocks, and names each id once', () => {
    const lines = matrix(trials, many, 80)
    for (const line of lines) assert.ok(line.length <= 80, line)
    const blocks = lines.join('\n').split('\n\n')
    assert.equal(blocks.length, 3, 'two of scenarios and the legend')
    assert.match(lines.join('\n'), / {2}fault-number-0 {2}X\.+$/m)
    assert.match(lines.join('\n'), / {2}fault-number-1 {2}\.+o\.+$/m)
    const heads = blocks.slice(0, 2).map((block) =>
      block
        .split('\n')
        .slice(0, 4)
        .map((line) => line.slice(18)),
    )
    const named = heads.flatMap((head) => Array.from(head[0] ?? '', (_, n) => head.map((line) => line[n]).join('')))
    assert.deepEqual(named, many)
  })

  it('says nothing where nothing was tried', () => {
    assert.deepEqual(matrix([], many, 80), [])
    assert.deepEqual(matrix([judgeTrial(fault({}), '', { unfit: 'no', seconds: 0 })], many, 80), [])
  })

  it('tells nodes apart where a fault was on several', () => {
    const [first] = trials
    assert.ok(first)
    const long = { ...first, fault: 'a-name-that-is-as-long-as-the-longest-name-of-them-all' }
    const text = matrix([first, { ...first, node: 'node-2' }, { ...long, node: 'node-1' }], many, 80).join('\n')
    assert.match(text, /fault-number-0 node-1/)
    assert.match(text, /fault-number-0 node-2/)
    assert.match(text, /^ {2}a-name\S* node-1 /m)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FAULTS, faultOf } from '../../faults/index.ts'
import { kindsOf, namingOf } from '../../prover/cause-truth.ts'
import type { Cause } from '../../reports/cause.ts'
import { KINDS } from '../../reports/causes/kinds.ts'

const cause = (kind: string, nodes: string[], isSure = true): Cause => ({
  ...{ kind, nodes, isSure, says: '', intact: [], explains: [], usually: '', look: [] },
})
const LOST = { id: 'udp-between-nodes', where: 'one node' } as const

describe('how the causes name a fault', () => {
  it('is known for every fault, in words that the reports have', () => {
    const names: string[] = Object.values(KINDS).map(({ name }) => name)
    for (const { id } of FAULTS)
      assert.deepEqual(
        kindsOf(id).filter((kind) => !names.includes(kind)),
        [],
        id,
      )
  })

  it('is exact if the only cause is of the right kind, on the right node', () => {
    assert.equal(namingOf(LOST, 'n-1', [cause('packets lost', ['n-1'])]), 'exactly')
    assert.equal(namingOf(LOST, 'n-1', [cause('packets lost', ['n-1']), cause('ingress', [])]), 'among others')
  })

  it('is wrong if a sure cause has another kind or another node, and nothing is right before it', () => {
    assert.equal(namingOf(LOST, 'n-1', [cause('packets lost', ['n-2'])]), 'wrongly')
    assert.equal(namingOf(LOST, 'n-1', [cause('cluster DNS', ['n-1'])]), 'wrongly')
    assert.equal(namingOf(LOST, 'n-1', [cause('cluster DNS', ['n-1'], false)]), 'not')
    assert.equal(namingOf(LOST, 'n-1', []), 'not')
  })

  it('asks two faults at once for a cause each', () => {
    const two = { id: 'udp-between-nodes+dns-no-tcp', where: 'one node' } as const
    assert.equal(namingOf(two, 'n-1', [cause('packets lost', ['n-1']), cause('cluster DNS', ['n-1'])]), 'exactly')
    assert.equal(namingOf(two, 'n-1', [cause('packets lost', ['n-1'])]), 'not')
  })
})

describe('two faults at once', () => {
  it('claim what each of them claims, and are injected by the steps of both', () => {
    const found = faultOf('udp-between-nodes+dns-no-tcp')
    const ids = found?.breaks.map(({ id }) => id) ?? []
    assert.ok(ids.includes('P02') && ids.includes('D01'))
    assert.equal(faultOf('udp-between-nodes+nothing'), undefined)
    assert.equal(faultOf('a+b+c'), undefined)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FoundMode } from '../../cluster/outside/mode.ts'
import type { FoundOutside } from '../../cluster/outside/site.ts'
import { capabilities } from '../../cluster/site/capabilities.ts'
import { type Outside, yes } from '../../contract/topology.ts'
import { fakeTopology, probeOf } from './fake.ts'

const observer = probeOf(fakeTopology(1), 'server', 0)
const started: Outside = {
  ...{ how: 'fake', observer, dials: true, internet: observer, routed: observer },
  gateway: { external: ['198.51.100.2'], shell: ['sh'] },
}
const named: FoundOutside = { outside: { how: 'fake', observer, dials: false }, gateway: 'no gateway here' }

/** What scenarios with these tags would do: run, be skipped, or be inconclusive. */
function needs(found: FoundOutside, egress: FoundMode): Record<string, string> {
  const table = capabilities({
    ...{ nodes: [], nodeShell: {}, hasFar: true, hostnet: yes, hostport: yes, dns: yes, services: 'none' },
    ...{ found, egress, others: {}, ipam: undefined, lacks: {} },
  })
  const word = (name: string) => {
    const need = table[name]
    return need?.has ? 'run' : need?.broken ? 'inconclusive' : 'skipped'
  }
  return Object.fromEntries(
    ['observer', 'outside', 'gateway', 'masquerade', 'native'].map((each) => [each, word(each)]),
  )
}
const all = (word: string) => ({ observer: word, outside: word, gateway: word, masquerade: word, native: word })

describe('scenarios that need a host outside', () => {
  it('run with the hosts that flatnet started', () =>
    assert.deepEqual(needs({ outside: started }, { mode: 'masquerade' }), all('run')))

  it('are skipped where there is none, and inconclusive if one was asked for and cannot be used', () => {
    assert.deepEqual(needs({ observer: '--outside none' }, {}), all('skipped'))
    assert.deepEqual(needs({ observer: 'it does not answer', isBroken: true }, {}), all('inconclusive'))
    assert.deepEqual(needs({ outside: started }, { broken: 'it is inside' }), all('inconclusive'))
  })

  it('are skipped if an observer that the user named cannot do their part', () =>
    assert.deepEqual(needs(named, { mode: 'native' }), {
      ...{ observer: 'run', outside: 'skipped', gateway: 'skipped', masquerade: 'skipped', native: 'run' },
    }))

  it('and a node’s own address are inconclusive where the observer sees a third one', () =>
    assert.deepEqual(needs(named, { third: 'the observer saw 192.0.2.7' }), {
      ...{ observer: 'run', outside: 'skipped', gateway: 'skipped', masquerade: 'inconclusive', native: 'skipped' },
    }))
})

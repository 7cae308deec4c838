import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { privateKubeconfig, stateFolder } from '../../cluster/sources/state.ts'
import { mendClusters, writeInjectionRecord } from '../../prover/injection-records.ts'

describe('the record of a fault that a dead prover left', () => {
  const home = mkdtempSync(join(tmpdir(), 'flatnet-state-'))
  const before = process.env.XDG_STATE_HOME
  process.env.XDG_STATE_HOME = home
  after(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME
    else process.env.XDG_STATE_HOME = before
    rmSync(home, { recursive: true })
  })
  const facts = (kubeconfig: string) => ({ source: 'kind', kubeconfig, nodeShell: { 'node-1': ['false'] } }) as never
  const kept = () => readdirSync(stateFolder('breaking'))

  it('is forgotten with a cluster that flatnet deleted, and kept while the cluster may be there', async () => {
    const kubeconfig = privateKubeconfig('flatnet-x')
    mkdirSync(stateFolder('clusters'), { recursive: true })
    writeFileSync(kubeconfig, '')
    writeInjectionRecord('mine', { owner: '0', facts: facts(kubeconfig), objects: [] })
    writeInjectionRecord('theirs', { owner: '0', facts: facts(join(home, 'gone')), objects: [] })
    assert.equal((await mendClusters(true, () => {})).length, 2, 'no node answers')
    assert.deepEqual(kept(), ['mine.json', 'theirs.json'])

    rmSync(kubeconfig)
    const [left, ...others] = await mendClusters(true, () => {})
    assert.match(left ?? '', /^node node-1: /)
    assert.deepEqual(others, [])
    assert.deepEqual(kept(), ['theirs.json'])
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onNode } from '../../cluster/commands.ts'

describe('a command on a node', () => {
  const facts = { nodeShell: { 'node-1': ['env', 'NODE=one'] } }

  it('gives its stdout', async () => assert.equal(await onNode(facts, 'node-1', 'echo $NODE'), 'one'))

  it('that fails says the last line of its stderr', () =>
    assert.rejects(onNode(facts, 'node-1', 'echo first >&2; echo last >&2; false; echo more >&2'), {
      name: 'Trouble',
      message: 'last',
    }))

  it('is ended by a signal', async () => {
    const started = performance.now()
    await assert.rejects(onNode(facts, 'node-1', 'exec sleep 20', AbortSignal.timeout(100)), { name: 'Trouble' })
    assert.ok(performance.now() - started < 10_000)
  })

  it('is refused where there is no way to run one', () =>
    assert.rejects(onNode(facts, 'node-2', 'true'), /no way to run commands on node node-2/))
})

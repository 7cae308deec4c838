import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'

/** It has no cluster, so a worker answers it with a failure. */
const JOB = { do: 'rows', rows: [] }

describe('a worker of the prover', () => {
  it('ends in order when the prover goes before the worker has answered', async () => {
    const worker = fork(new URL('../../prover/worker.ts', import.meta.url), {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const said: string[] = []
    worker.stderr?.on('data', (chunk) => said.push(String(chunk)))
    const ended = once(worker, 'exit')
    worker.send(JOB)
    const [word] = await once(worker, 'message')
    assert.match(word.failure, /./)
    // While it is stopped it cannot learn that nobody listens any more.
    worker.kill('SIGSTOP')
    worker.send(JOB)
    worker.disconnect()
    worker.kill('SIGCONT')
    assert.deepEqual(await ended, [0, null], said.join(''))
    assert.equal(said.join(''), '')
  })
})

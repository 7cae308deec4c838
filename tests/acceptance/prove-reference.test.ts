import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { FAULTS } from '../../faults/index.ts'
import { ProofReport } from '../../prover/report.ts'
import { preflight } from '../../reference/index.ts'
import { Desk, MAIN, start } from './cli.ts'

const skip = (await preflight()) ?? false
const LONGEST_MS = 2_400_000

describe('the suite', { skip }, () => {
  it('notices every fault that the reference cluster can have, and none is left over', async (t) => {
    using desk = new Desk()
    const outcome = await start([process.execPath, MAIN, 'prove'], desk.folder, desk.environment(), LONGEST_MS).done
    const { code, stdout, stderr } = outcome
    const proof = ProofReport.parse(JSON.parse(readFileSync(desk.path('flatnet-report', 'proof.json'), 'utf8')))
    t.diagnostic(`${proof.score.killed} of ${proof.score.faults} faults, seed ${proof.seed}, ${proof.seconds} s`)
    // First what is short: of a long message only the end is shown.
    const { result, because, unhealthy } = proof
    assert.deepEqual({ result, because, unhealthy }, { result: 'proven', because: undefined, unhealthy: [] })
    assert.equal(code, 0, stdout + stderr)
    assert.equal(proof.score.killed, proof.score.faults)
    assert.ok(proof.score.faults >= 30)
    assert.equal(proof.trials.length, FAULTS.length)
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
  })
})

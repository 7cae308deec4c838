import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { FAULTS } from '../../faults/index.ts'
import { ProofReport } from '../../prover/report.ts'
import { preflight } from '../../reference/index.ts'
import { Desk, MAIN, start } from './cli.ts'

const skip = (await preflight()) ?? false
const LONGEST_MS = 1_500_000

/** The whole proof takes about 30 minutes on two cores. Each run of the tests draws one of these parts, which lie evenly over all faults. */
const PARTS = 13
const part = randomInt(PARTS)
const drawn = FAULTS.filter((_, n) => n % PARTS === part).flatMap(({ id }) => ['--fault', id])

describe('the suite', { skip }, () => {
  it(`notices every fault of part ${part + 1} of ${PARTS} that the reference cluster can have, and none is left over`, async (t) => {
    using desk = new Desk()
    const prove = [process.execPath, MAIN, 'prove', ...drawn]
    const outcome = await start(prove, desk.folder, desk.environment(), LONGEST_MS).done
    const { code, stdout, stderr } = outcome
    const proof = ProofReport.parse(JSON.parse(readFileSync(desk.path('flatnet-report', 'proof.json'), 'utf8')))
    t.diagnostic(`${proof.score.killed} of ${proof.score.faults} faults, seed ${proof.seed}, ${proof.seconds} s`)
    // First what is short: of a long message only the end is shown.
    const { because, unhealthy, survivors, unkilled } = proof
    const spilled = proof.trials.flatMap(({ fault, collateral }) =>
      collateral.filter(({ explained }) => !explained).map(({ id, because }) => `${fault} ${id} ${because}`),
    )
    const none = { because: undefined, unhealthy: [], survivors: [], unkilled: [], spilled: [] }
    assert.deepEqual({ because, unhealthy, survivors, unkilled, spilled }, none)
    assert.equal(proof.result, 'proven')
    assert.equal(code, 0, stdout + stderr)
    assert.equal(proof.score.killed, proof.score.faults)
    assert.ok(proof.score.faults >= 15)
    assert.equal(proof.trials.length, drawn.length / 2)
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
  })
})

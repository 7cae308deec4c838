import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { mendScript, putScript, takeScript, toolScript } from '../../prover/scripts.ts'

describe('the scripts that put a fault in and take it out', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flatnet-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** What is in is a file; `/run` is a folder of this test. */
  const step = (name: string) => ({
    node: 'node-1',
    in: `echo in >> ${folder}/log; touch ${folder}/${name}`,
    out: `echo ${name} >> ${folder}/log; rm -f ${folder}/${name}`,
    shows: `[ -e ${folder}/${name} ]`,
  })
  const here = (script: string) => script.replaceAll('/run/', `${folder}/run-`)
  const run = (script: string) => execFileSync('sh', ['-ec', here(script)], { encoding: 'utf8', stdio: 'pipe' })
  const log = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
  const left = () => readdirSync(folder).filter((name) => name !== 'log')
  const steps = () => [step('first'), step('second')]

  it('write the note before anything goes in', () => {
    const looks = { ...step('first'), in: `grep -q first /run/flatnet-undo-it-node-1.sh && touch ${folder}/first` }
    run(putScript('it', 'node-1', [looks]))
    assert.deepEqual(left(), ['first', 'run-flatnet-undo-it-node-1.sh'])
  })

  it('take out the last first, and do no harm a second time', () => {
    run(putScript('it', 'node-1', steps()))
    run(takeScript('it', 'node-1', steps()))
    assert.deepEqual(log(), ['in', 'in', 'second', 'first'])
    run(takeScript('it', 'node-1', steps()))
    assert.deepEqual(left(), [])
  })

  it('fail when it does not show, and leave the note', () => {
    const dud = { ...step('first'), in: ':' }
    assert.throws(() => run(putScript('it', 'node-1', [dud])), /the fault is not visible after its injection/)
    assert.deepEqual(left(), ['run-flatnet-undo-it-node-1.sh'])
    const stuck = { ...step('first'), out: 'false' }
    run(putScript('it', 'node-1', [stuck]))
    assert.throws(() => run(takeScript('it', 'node-1', [stuck])), /the fault is still visible/)
    assert.ok(existsSync(join(folder, 'run-flatnet-undo-it-node-1.sh')))
  })

  it('are mended by the notes of their own node alone', () => {
    run(putScript('it', 'node-1', steps()))
    run(putScript('other', 'node-11', [step('third')]))
    assert.equal(run(mendScript('node-2')), '')
    assert.equal(run(mendScript('node-1')), 'mended it\n')
    assert.deepEqual(left(), ['run-flatnet-undo-other-node-11.sh', 'third'])
    assert.equal(run(mendScript('node-11')), 'mended other\n')
    writeFileSync(join(folder, 'run-flatnet-undo-empty-node-1.sh'), '')
    assert.equal(run(mendScript('node-1')), 'mended empty\n')
    writeFileSync(join(folder, 'run-flatnet-undo-bad-node-1.sh'), 'false\n')
    assert.equal(run(mendScript('node-1')), 'failed bad\n')
  })

  it('are mended only when they have ended', async () => {
    const slow = {
      ...step('first'),
      in: `touch ${folder}/begun; while [ ! -e ${folder}/go ]; do sleep 0.02; done; touch ${folder}/first`,
    }
    const putting = spawn('sh', ['-ec', here(putScript('it', 'node-1', [slow]))])
    while (!existsSync(join(folder, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 5))
    const mending = spawn('sh', ['-ec', here(mendScript('node-1'))])
    setTimeout(() => writeFileSync(join(folder, 'go'), ''), 100)
    assert.equal(await text(mending.stdout), 'mended it\n')
    assert.deepEqual(left(), ['begun', 'go'])
    putting.kill()
  })

  it('say what a node lacks', () => {
    const path = (more: string) =>
      execFileSync('/bin/sh', ['-ec', toolScript], { encoding: 'utf8', env: { PATH: more } })
    assert.equal(path(folder).trim(), 'nft ip nsenter flock grep sed')
  })
})

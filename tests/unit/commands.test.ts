import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { holdOnNode, onNode, tool } from '../../cluster/commands.ts'

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

describe('a command that fails before what it has started', () => {
  it('is over when that has ended too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flatnet-test-'))
    const late = join(folder, 'late')
    const script = `(sleep 0.3; touch ${late}) >/dev/null 2>&1 & echo refused >&2; exit 1`
    await assert.rejects(tool(['sh', '-c', script], { whole: true }), /refused/)
    assert.ok(existsSync(late))
    rmSync(folder, { recursive: true })
  })
})

describe('a change that is held on a node', () => {
  const facts = { nodeShell: { 'node-1': ['env', 'NODE=one'] } }
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flatnet-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** A file that the change creates and the undoing removes. */
  const change = (name: string) => {
    const file = join(folder, name)
    return { file, put: `echo $$ > ${file}`, undo: `rm ${file}` }
  }
  const gone = async (file: string) => {
    const end = performance.now() + 10_000
    while (existsSync(file) && performance.now() < end) await delay(10)
    assert.equal(existsSync(file), false, 'it was undone')
  }

  it('stays until it is undone', async () => {
    const { file, put, undo } = change('plain')
    const end = await holdOnNode(facts, 'node-1', put, undo)
    assert.ok(existsSync(file))
    await end()
    assert.equal(existsSync(file), false)
  })

  it('is there when the call returns, whatever the script prints before', async () => {
    const { file, put, undo } = change('noisy')
    const end = await holdOnNode(facts, 'node-1', `echo heldup; echo more; sleep 0.2\n${put}`, undo)
    assert.ok(existsSync(file))
    await end()
  })

  it('is undone if a later command of its script fails, and the message is that of the command', async () => {
    const { file, put, undo } = change('half')
    const script = `${put}\necho progress\nsleep 0.1\necho why >&2\nfalse`
    await assert.rejects(holdOnNode(facts, 'node-1', script, `${undo}\necho undone >&2`), {
      name: 'Trouble',
      message: 'why',
    })
    assert.equal(existsSync(file), false)
  })

  it('is undone if its shell is ended, and that is said', async () => {
    const { file, put, undo } = change('ended')
    const end = await holdOnNode(facts, 'node-1', put, undo)
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGTERM')
    await gone(file)
    await assert.rejects(end, { name: 'Trouble' })
  })

  it('is not held by a shell that ends too early', () =>
    assert.rejects(holdOnNode(facts, 'node-1', 'exit 0', ':'), /ended before its script did/))

  it('says why it could not be undone', async () => {
    const end = await holdOnNode(facts, 'node-1', ':', 'echo stuck >&2; false')
    await assert.rejects(end, { name: 'Trouble', message: 'stuck' })
  })

  it('is undone when the process that holds it is killed', async () => {
    const { file, put, undo } = change('killed')
    const program = join(folder, 'hold.ts')
    const commands = new URL('../../cluster/commands.ts', import.meta.url).href
    const call = `holdOnNode({ nodeShell: { n: ['env'] } }, 'n', ${JSON.stringify(put)}, ${JSON.stringify(undo)})`
    writeFileSync(program, `import { holdOnNode } from '${commands}'\nawait ${call}\nprocess.stdout.write('held')\n`)
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    assert.ok(existsSync(file))
    child.kill('SIGKILL')
    await gone(file)
  })
})

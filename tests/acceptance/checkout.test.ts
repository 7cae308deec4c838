import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Desk, MAIN, ROOT, sentenceOf, start } from './cli.ts'
import { copySources } from './installing.ts'

/** A Node of this machine that is too old for flatnet. */
function oldNode(): string | undefined {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(':')]
  const found = folders.filter((folder) => !folder.includes('node_modules')).map((folder) => join(folder, 'node'))
  return found.filter(existsSync).find((path) => {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' })
    return Number(/^v(\d+)/.exec(version)?.[1]) < 22
  })
}

describe('a Node that is too old', () => {
  const old = oldNode()
  const skip = old === undefined && 'there is none on this machine'

  it('is told so in one sentence', { skip }, async () => {
    using desk = new Desk()
    cpSync(MAIN, desk.path('flatnet', 'bin', 'flatnet.mjs'))
    const called = [old ?? '', desk.path('flatnet', 'bin', 'flatnet.mjs'), 'run']
    const outcome = await start(called, desk.folder, desk.environment()).done
    assert.match(
      sentenceOf({ ...outcome, stderr: outcome.stderr.replace(/…$/m, '….') }),
      /^Node \d+\.\d+\.\d+ is too old; flatnet needs 22\.22, 24 or newer/,
    )
    assert.equal(outcome.code, 2)
    assert.equal(outcome.stdout, '')
    assert.equal(outcome.stderr.trimEnd().split('\n').length, 1)
  })

  it('is not used in a checkout, which has a Node of its own', { skip }, async () => {
    using desk = new Desk()
    const { code, stdout, stderr } = await start([old ?? '', MAIN, 'explain', 'P04'], desk.folder, desk.environment())
      .done
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^P04 /m)
  })
})

describe('a checkout', () => {
  it('is built when its command is called', async () => {
    using desk = new Desk()
    copySources(desk.folder)
    const { code, stdout, stderr } = await desk.start(['list'], {}, [desk.path('bin', 'flatnet.mjs')]).done
    assert.equal(code, 0, stderr)
    assert.equal(stderr, 'flatnet: building, once\n')
    assert.match(stdout, /^ +P04 +core /m)
  })

  it('says what to do while its dependencies are missing', async () => {
    using desk = new Desk()
    for (const file of ['bin/flatnet.mjs', 'scripts/build.mjs']) cpSync(join(ROOT, file), desk.path(file))
    const outcome = await desk.start([], {}, [desk.path('bin', 'flatnet.mjs')]).done
    assert.match(sentenceOf(outcome), /^the dependencies are not installed; run npm ci in \/\S+ first\.$/)
    assert.equal(outcome.code, 2)
  })
})

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { Desk, MAIN, start } from './cli.ts'

const ESCAPE = '\u001b['
const skip =
  spawnSync('script', ['--version']).status === 0 ? false : 'script (bsdutils) is not here to make a terminal'

/** Everything that `flatnet explain` writes to a terminal. */
async function onTerminal(env: NodeJS.ProcessEnv): Promise<string> {
  using desk = new Desk()
  const command = `'${process.execPath}' '${MAIN}' explain P04`
  const argv = ['script', '--quiet', '--return', '--command', command, '/dev/null']
  const { code, stdout } = await start(argv, desk.folder, desk.environment({ TERM: 'xterm-256color', ...env })).done
  assert.equal(code, 0, stdout)
  assert.match(stdout, /P04/)
  return stdout
}

describe('colour', () => {
  it('is on a terminal', { skip }, async () => {
    assert.ok((await onTerminal({})).includes(ESCAPE))
  })

  it('is not where NO_COLOR asks for none', { skip }, async () => {
    assert.equal((await onTerminal({ NO_COLOR: '1' })).includes(ESCAPE), false)
  })

  it('is not in a pipe', async () => {
    using desk = new Desk()
    const { stdout } = await desk.run(['explain', 'P04'])
    assert.match(stdout, /P04/)
    assert.equal(stdout.includes(ESCAPE), false)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FAULTS } from '../../faults/index.ts'
import { Desk } from './cli.ts'

/** What a command prints on stdout. */
async function printed(...args: string[]): Promise<string> {
  using desk = new Desk()
  const { code, stdout, stderr } = await desk.run(args)
  assert.equal(code, 0, stderr)
  return stdout
}

describe('the book in the terminal:', () => {
  it('list has chapters, Rules and rows, within eighty columns', async () => {
    const text = await printed('list')
    assert.match(
      text,
      /^Rule 1: … without address translation\n {2}P04 {3}core {2}The server sees the client's own address\n {8}TCP to a pod on the same node keeps the client's address\n/m,
    )
    assert.deepEqual(
      text.split('\n').filter((line) => line.length > 80),
      [],
    )
  })

  it('list --steps has every sentence once, with the words of its parameters', async () => {
    const text = await printed('list', '--steps')
    const sentences = text.split('\n').filter((line) => /^ {2}[^{ ]/.test(line))
    assert.equal(new Set(sentences).size, sentences.length)
    assert.match(text, /^Given\n(?: .*\n)+\nWhen\n(?: .*\n)+\nThen\n(?: .*\n)+\nParameters\n/)
    assert.match(text, /^ {2}\{protocol\} {2}TCP \| UDP \| HTTP$/m)
    const { sentences: all, parameters } = JSON.parse(await printed('list', '--steps', '--json')) as {
      sentences: { keyword: string; sentence: string }[]
      parameters: Record<string, string[]>
    }
    assert.ok(all.some(({ keyword, sentence }) => keyword === 'When' && sentence.includes('{protocol}')))
    assert.deepEqual(parameters.placement, ['the same node', 'another node'])
  })

  it('explain has the rows in a table, and the faults that usually break it', async () => {
    const text = await printed('explain', 'p04')
    assert.match(
      text,
      /^ {6}\| placement {5}\| protocol \|\n {6}\| the same node \| TCP {6}\|\n {6}\| the same node \| UDP {6}\|$/m,
    )
    const claiming = FAULTS.filter(({ breaks }) => breaks.some(({ id }) => id === 'P04'))
    assert.ok(claiming.length > 1)
    const [, faults = ''] = text.split('What usually breaks it')
    for (const { id, says } of claiming) {
      assert.match(faults, new RegExp(`^ {2}${id}$`, 'm'))
      assert.ok(faults.replace(/\s+/g, ' ').includes(says), says)
    }
  })
})

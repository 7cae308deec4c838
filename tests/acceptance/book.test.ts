import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { FAULTS } from '../../faults/index.ts'
import { readSpecification } from '../../suite/features.ts'
import type { Vocabulary } from '../../suite/vocabulary.ts'
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
    const lines = text.split('\n')
    const rows = readSpecification().rows
    for (const { chapter, id, level, title } of rows) {
      assert.ok(lines.includes(chapter), chapter)
      const heading = `  ${id.padEnd(4)}  ${level === 'core' ? 'core' : 'ext '}  ${title}`
      assert.ok(lines.includes(heading), heading)
    }
    // A long name continues on the next line, further to the right.
    const whole = text.replaceAll(/\n {10}(?=\S)/g, ' ').split('\n')
    assert.deepEqual(
      whole
        .filter((line) => line.startsWith('        '))
        .map((line) => line.trim())
        .sort(),
      rows.map(({ name }) => name).sort(),
    )
    assert.ok(lines.every((line) => line.length <= 80))
  })

  it('list --steps has every sentence once, with the words of its parameters', async () => {
    const text = await printed('list', '--steps')
    assert.match(text, /^Given\n(?: .*\n)+\nWhen\n(?: .*\n)+\nThen\n(?: .*\n)+\nParameters\n/)
    const { sentences, parameters } = JSON.parse(await printed('list', '--steps', '--json')) as Vocabulary
    const all = sentences.map(({ sentence }) => sentence)
    assert.equal(new Set(all).size, all.length)
    assert.ok(all.every((sentence) => text.split('\n').includes(`  ${sentence}`)))
    const used = new Set(all.flatMap((sentence) => sentence.match(/(?<=\{)\w+(?=\})/g) ?? []))
    assert.deepEqual([...used].sort(), Object.keys(parameters).sort())
    const told = text.slice(text.indexOf('\nParameters\n')).replace(/\s+/g, ' ')
    for (const [name, words] of Object.entries(parameters)) {
      assert.ok(words.length === 0 || told.includes(` {${name}} `), name)
      for (const word of words) assert.ok(told.includes(word), `${name}: ${word}`)
    }
  })

  it('explain has the rows in a table, and the faults that usually break it', async () => {
    const text = await printed('explain', 'p04')
    const table = text.split('\n').filter((line) => line.startsWith('      |'))
    assert.ok(table.length > 2)
    assert.match(table.join('\n'), /^ {6}\| the same node \| TCP {6}\|$/m)
    const claiming = FAULTS.filter(({ breaks }) => breaks.some(({ id }) => id === 'P04'))
    assert.ok(claiming.length > 1)
    const [, faults = ''] = text.split('What usually breaks it')
    for (const { id, says } of claiming) {
      assert.match(faults, new RegExp(`^ {2}${id}$`, 'm'))
      assert.ok(faults.replace(/\s+/g, ' ').includes(says), says)
    }
  })
})

describe('the book in a browser:', () => {
  it('docs writes it, replaces an earlier one, and keeps the files of others', async () => {
    using desk = new Desk()
    const book = desk.path('book')
    const written = await desk.run(['docs', 'book'])
    assert.equal(written.code, 0, written.stderr)
    assert.equal(written.stdout, 'book/index.html\n')
    const first = readFileSync(`${book}/index.html`, 'utf8')
    desk.file('book/old-chapter.html', first)
    desk.file('book/notes.html', '<h1>mine</h1>')
    assert.equal((await desk.run(['docs', book])).code, 0)
    assert.equal(readFileSync(`${book}/index.html`, 'utf8'), first)
    assert.ok(!existsSync(`${book}/old-chapter.html`), 'a chapter of an earlier version is gone')
    assert.ok(existsSync(`${book}/notes.html`))
  })
})

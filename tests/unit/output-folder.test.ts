import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { emptiedFolder, markedFolder } from '../../cli/run/folder.ts'
import { UsageError } from '../../contract/errors.ts'

describe('the folder of the reports', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flatnet-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const put = (name: string, text = 'theirs') => writeFileSync(join(folder, name), text)
  const names = () => readdirSync(folder).sort()

  it('is created and marked, and a later run deletes what an earlier one wrote', () => {
    const output = join(folder, 'a', 'b')
    assert.equal(emptiedFolder(output), output)
    writeFileSync(join(output, 'index.html'), '')
    mkdirSync(join(output, 'evidence'))
    emptiedFolder(output)
    assert.deepEqual(readdirSync(output), ['.flatnet'])
  })

  it('is refused, and nothing in it is deleted, if somebody else has files of such names there', () => {
    for (const name of ['index.html', 'style.css']) put(name)
    mkdirSync(join(folder, 'evidence'))
    for (const make of [emptiedFolder, markedFolder])
      assert.throws(
        () => make(folder),
        (error) =>
          error instanceof UsageError && /has evidence, index\.html, which flatnet did not write/.test(error.message),
      )
    assert.deepEqual(names(), ['evidence', 'index.html', 'style.css'])
  })

  it('may have other files, which stay', () => {
    put('notes.txt')
    emptiedFolder(folder)
    assert.deepEqual(names(), ['.flatnet', 'notes.txt'])
  })

  it('may have the reports of a version that set no mark', () => {
    put('report.yaml', 'apiVersion: flatnet/v1\nkind: ConformanceReport\n')
    put('index.html')
    emptiedFolder(folder)
    assert.deepEqual(names(), ['.flatnet'])
  })

  it('is no file', () => {
    put('file')
    assert.throws(() => emptiedFolder(join(folder, 'file')), /this is a file; name a folder\./)
  })
})

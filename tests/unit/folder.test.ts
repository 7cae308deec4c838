import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { checkedFolder, emptied } from '../../cli/run/folder.ts'
import { UsageError } from '../../contract/errors.ts'
import { MEDIA } from '../../contract/media.ts'

describe('the folder of the reports', () => {
  const desk = mkdtempSync(join(tmpdir(), 'flatnet-folder-'))
  after(() => rmSync(desk, { recursive: true }))
  const folder = (name: string, files: Record<string, string>) => {
    const path = join(desk, name)
    mkdirSync(path)
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
    return path
  }
  const facts = `${JSON.stringify({ attachment: { mediaType: MEDIA.facts, body: '{}' } })}\n`
  const proof = JSON.stringify({ apiVersion: 'flatnet/v1', kind: 'ProofReport' }, null, 2)

  it('is a new one, an empty one, or one of an earlier run or proof', () => {
    for (const [name, files] of Object.entries({
      empty: {},
      'of-a-run': { 'messages.ndjson': facts, 'index.html': 'old' },
      'of-a-run-that-was-killed': { 'messages.ndjson': '' },
      'of-a-proof': { 'proof.json': proof },
      notes: { 'notes.txt': 'mine' },
    }))
      assert.equal(checkedFolder(folder(name, files)), join(desk, name))
    assert.equal(checkedFolder(join(desk, 'none')), join(desk, 'none'))
    assert.ok(!existsSync(join(desk, 'none')))
  })

  it('is none with somebody else’s files under the names of reports', () => {
    for (const [name, files] of Object.entries({
      site: { 'index.html': '<h1>mine</h1>' },
      build: { 'junit.xml': '<testsuites/>' },
      cucumber: { 'messages.ndjson': '{"meta":{}}\n' },
      mathematics: { 'proof.json': '{"theorem":1}' },
    })) {
      const [file = ''] = Object.keys(files)
      const path = folder(name, files)
      assert.throws(
        () => checkedFolder(path),
        (error: Error) => error instanceof UsageError && error.message.includes(`${path} has ${file}, which flatnet`),
      )
    }
    assert.throws(() => checkedFolder(join(desk, 'site', 'index.html')), /is a file; expected a folder/)
  })

  it('loses the reports of an earlier run and keeps the other files', () => {
    const path = folder('earlier', { 'messages.ndjson': facts, 'report.yaml': 'old', 'notes.txt': 'mine' })
    emptied(path)
    assert.ok(!existsSync(join(path, 'report.yaml')))
    assert.equal(readFileSync(join(path, 'notes.txt'), 'utf8'), 'mine')
  })
})

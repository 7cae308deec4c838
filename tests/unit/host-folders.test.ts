import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { removeFolders } from '../../cluster/outside/folders.ts'

/** The id of a process that has ended. */
const deadPid = (): number => spawnSync('true').pid

describe('the folders of request pipes of hosts outside', () => {
  /** Calls `use` with a scratch folder; gives the names that are left in it. */
  function left(use: (within: string) => void): string[] {
    const within = mkdtempSync(join(tmpdir(), 'flatnet-test-'))
    try {
      use(within)
      return readdirSync(within).sort()
    } finally {
      rmSync(within, { recursive: true, force: true })
    }
  }

  it('are removed with what is in them if their process has ended', () => {
    const name = `flatnet-host-${deadPid()}-abc`
    const names = left((within) => {
      mkdirSync(join(within, name))
      writeFileSync(join(within, name, 'flatnet-requests'), '')
      assert.deepEqual(removeFolders(within), [`folder ${name}`])
    })
    assert.deepEqual(names, [])
  })

  it('stay while their process lives, and with another name', () => {
    const kept = [
      `flatnet-host-${process.pid}-abc`,
      `flatnet-host-1-abc`,
      'flatnet-host-x-1',
      `my-flatnet-host-${deadPid()}-a`,
    ]
    const names = left((within) => {
      for (const name of kept) mkdirSync(join(within, name))
      assert.deepEqual(removeFolders(within), [])
    })
    assert.deepEqual(names, kept.sort())
  })

  it('are no files and no links', () => {
    const names = left((within) => {
      mkdirSync(join(within, 'other'))
      writeFileSync(join(within, 'other', 'file'), '')
      writeFileSync(join(within, `flatnet-host-${deadPid()}-file`), '')
      symlinkSync(join(within, 'other'), join(within, `flatnet-host-${deadPid()}-link`))
      assert.deepEqual(removeFolders(within), [])
      assert.deepEqual(readdirSync(join(within, 'other')), ['file'])
    })
    assert.equal(names.length, 3)
  })

  it('stay if they are another user’s', {
    skip: process.getuid?.() === 0 ? false : 'only root can give a folder away',
  }, () => {
    const name = `flatnet-host-${deadPid()}-abc`
    const names = left((within) => {
      mkdirSync(join(within, name))
      chownSync(join(within, name), 65_534, 65_534)
      assert.deepEqual(removeFolders(within), [])
    })
    assert.deepEqual(names, [name])
  })
})

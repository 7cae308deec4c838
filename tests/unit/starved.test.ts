import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const MODULE = fileURLToPath(new URL('../../probe/starved.ts', import.meta.url))
const [CPU = '0'] = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.slice(1) ?? []

/** Works in pieces of 1 ms for a second, on one CPU, and gives the milliseconds that it lost: of all, and in the worst half second. */
async function lostBeside(rivals: number): Promise<[all: number, worst: number]> {
  const on = (words: string[]) => execa('taskset', ['-c', CPU, ...words], { reject: false })
  const loops = Array.from({ length: rivals }, () => on([process.execPath, '-e', 'console.log(); for (;;);']))
  await Promise.all(loops.map((loop) => once(loop.stdout, 'data')))
  const work = `
    const { starvedMs, watchStarvation } = await import(${JSON.stringify(MODULE)})
    watchStarvation()
    const begun = performance.now()
    const piece = () => {
      const end = process.cpuUsage().user + 1_000
      while (process.cpuUsage().user < end);
      if (performance.now() - begun < 1_000) setImmediate(piece)
      else console.log(JSON.stringify([starvedMs(1_000), starvedMs(1_000, 500)]))
    }
    piece()`
  const { stdout } = await on([process.execPath, '--input-type=module', '-e', work])
  for (const loop of loops) loop.kill('SIGKILL')
  await Promise.all(loops)
  return JSON.parse(stdout)
}

describe('the time without CPU', () => {
  it('is seen by a process that works in small pieces and shares its CPU with three others', async () => {
    const [all, worst] = await lostBeside(3)
    assert.ok(all > 400, `${all} ms of a second`)
    assert.ok(worst < all && worst >= all / 3, `${worst} of ${all} ms`)
  })
})

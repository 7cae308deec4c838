import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { preflight } from '../../reference/index.ts'
import { Desk, type Outcome, type Running, sentenceOf } from './cli.ts'

const skip = (await preflight()) ?? false
const FOUND_MS = 60_000

/** What a run says when everything is there, just before its scenarios begin. */
const BEGINS = /start \d+ probes/

/** The processes of this machine that serve as an outside host of this desk's runs. */
const hostsOf = (role: string, desk: Desk): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
        const isServing = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('--attached')
        return isServing && words.includes(`HOME=${desk.folder}`) && words.includes(`POD_NAME=${role}`)
      } catch {
        return false
      }
    })
    .map(Number)

/** The folders in which the outside hosts of a call keep their request pipes. */
const foldersOf = ({ child }: Running): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`flatnet-host-${child.pid}-`))

/** Waits until such a process exists. */
async function hostIn(role: string, desk: Desk): Promise<number> {
  const end = performance.now() + FOUND_MS
  while (performance.now() < end) {
    const [pid] = hostsOf(role, desk)
    if (pid !== undefined) return pid
    await delay(20)
  }
  throw new Error(`no ${role} was started`)
}

describe('hosts outside the reference cluster', { skip }, () => {
  let desk: Desk
  before(() => {
    desk = new Desk()
    desk.file('flatnet.yaml', 'apiVersion: flatnet/v1\nkind: Configuration\nreference: { nodes: 2 }\n')
  })
  after(() => desk?.[Symbol.dispose]())

  const start = (...args: string[]) => desk.start(['run', '--cluster', 'reference', ...args])
  const inconclusive = ({ code, stdout, stderr }: Outcome, reason: RegExp) => {
    assert.equal(code, 2, stdout + stderr)
    assert.doesNotMatch(stdout, /^ *FAIL/m)
    assert.match(stdout.replace(/\s+/g, ' '), reason)
  }

  it('take part, and are gone when the run ends', async () => {
    const run = start('E02', 'E10', 'E11')
    await hostIn('observer', desk)
    assert.notDeepEqual(foldersOf(run), [])
    const { code, stdout, stderr } = await run.done
    assert.equal(code, 3, stdout + stderr)
    assert.deepEqual(foldersOf(run), [])
    for (const id of ['E02', 'E10', 'E11']) assert.match(stdout, new RegExp(`^ *ok +${id} `, 'm'))
    for (const role of ['observer', 'internet', 'routed']) assert.deepEqual(hostsOf(role, desk), [])
  })

  for (const [role, id, name] of [
    ['observer', 'E02', 'the observer'],
    ['internet', 'E10', 'the internet host'],
  ] as const) {
    it(`make the rows inconclusive, and not failed, if ${name} dies`, async () => {
      const run = start(id)
      await run.says(BEGINS)
      process.kill(await hostIn(role, desk), 'SIGKILL')
      inconclusive(await run.done, new RegExp(`${id} .* ${name}: the probe is gone: .*the probe has ended`))
      assert.deepEqual(foldersOf(run), [])
    })
  }

  it('make the rows inconclusive, and not failed, if one of them does not start', async () => {
    const run = start('E02')
    process.kill(await hostIn('observer', desk), 'SIGKILL')
    inconclusive(await run.done, /the observer( outside the cluster did not start|: the probe is gone)/)
  })

  it('make the rows inconclusive, and not failed, if the internet gateway forgets its rules', async () => {
    const run = start('E10')
    await run.says(BEGINS)
    const pid = await hostIn('internet', desk)
    execFileSync('nsenter', [
      ...['--target', String(pid), '--preserve-credentials', '--user', '--mount'],
      ...[`--net=/proc/${pid}/root/run/netns/gateway`, '--', 'nft', 'delete table inet internet-gateway'],
    ])
    inconclusive(await run.done, /E10 .*the internet gateway does not answer/)
  })

  it('end with a run that is killed, and flatnet clean removes what is left of them', async () => {
    const run = start('E09')
    await hostIn('internet', desk)
    run.child.kill('SIGKILL')
    await run.done
    const left = () => [...hostsOf('internet', desk), ...hostsOf('observer', desk)]
    const end = performance.now() + FOUND_MS
    while (left().length > 0 && performance.now() < end) await delay(50)
    assert.deepEqual(left(), [])
    // The kernel may end a host before it has removed its folder.
    const { code, stderr } = await desk.run(['clean'])
    assert.equal(code, 0, stderr)
    assert.deepEqual(foldersOf(run), [])
  })

  it('that the user names, and that do not answer, make the rows inconclusive with the reason', async () => {
    const run = start('E01', '--observer', '127.0.0.1:9')
    inconclusive(await run.done, /the observer 127\.0\.0\.1:9 does not answer this machine: the connection was refused/)
  })

  it('have a HOST and a PORT, or nothing is created', async () => {
    const { code, stderr } = await start('E01', '--observer', 'somewhere').done
    assert.equal(code, 64)
    assert.match(stderr, /--observer: expected HOST:PORT, as flatnet observe prints it/)
    assert.doesNotMatch(stderr, /start the reference cluster/)
  })

  it('are started by the user with flatnet observe, until Ctrl-C', async () => {
    const observing = desk.start(['observe', '--port', '17946'])
    await hostIn('observer', desk)
    const second = await desk.run(['observe', '--port', '17946'])
    assert.equal(second.code, 2)
    assert.match(second.stderr, /another program uses port 1794\d; choose another one with --port\./)
    observing.child.kill('SIGINT')
    const { code, stdout } = await observing.done
    assert.equal(code, 0)
    assert.match(stdout, /^ +flatnet run --observer \S+:17946$/m)
    assert.match(stdout, /^observing on \S.*: HTTP on port 17946, TCP and UDP on port 17947$/m)
  })

  it('that the user has started end on SIGTERM', async () => {
    const observing = desk.start(['observe', '--port', '17956'])
    await once(observing.child.stdout as Readable, 'data')
    observing.child.kill('SIGTERM')
    const { code, stderr } = await observing.done
    assert.deepEqual([code, stderr], [0, ''])
    assert.deepEqual(hostsOf('observer', desk), [])
  })

  it('that the user has started, and that end by themselves, are an error', async () => {
    const observing = desk.start(['observe', '--port', '17966'])
    await once(observing.child.stdout as Readable, 'data')
    process.kill(await hostIn('observer', desk), 'SIGKILL')
    const ended = await observing.done
    assert.equal(ended.code, 2)
    assert.equal(sentenceOf(ended), 'the observer ended by itself: its program ended with SIGKILL.')
  })
})

import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { preflight } from '../../reference/index.ts'
import type { Running } from './cli.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\n'

const GONE_MS = 30_000

/** What a run says when it has come so far; the signal comes a random moment after. */
const MOMENTS = [/read the cluster/, /create namespaces/, /start \d+ probes/]

describe('a run that is interrupted', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(2)
    cluster.desk.file('flatnet.yaml', SETTINGS)
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  async function endsInOrder(run: Running, signal: NodeJS.Signals): Promise<void> {
    const sent = performance.now()
    run.child.kill(signal)
    const { code, stdout, stderr } = await run.done
    assert.equal(code, 130, stdout + stderr)
    assert.match(stderr, /^flatnet: interrupted;/m)
    assert.doesNotMatch(stderr, /could not|^ +at /m)
    assert.doesNotMatch(stdout, /^(NON-)?CONFORMANT|FAIL/m)
    assert.deepEqual(await cluster.namespaces(), [], 'nothing is left')
    assert.ok(performance.now() - sent < GONE_MS, `gone ${performance.now() - sent} ms after the signal`)
  }

  it('while its own pods are terminating does not wait out their grace', async () => {
    const run = cluster.start('run', 'P12', '--output', 'terminating')
    await cluster.pod(
      ({ metadata }) => metadata?.name?.startsWith('p12-') === true && metadata.deletionTimestamp != null,
    )
    await endsInOrder(run, 'SIGINT')
  })

  for (const [signal, words, longest] of [
    ...MOMENTS.map((words) => ['SIGINT', words, 1_500] as const),
    ['SIGTERM', /create namespaces/, 3_000] as const,
  ]) {
    it(`by ${signal} some time after it said ${words} ends with 130 and leaves nothing`, async (t) => {
      const run = cluster.start('run', 'N03', 'P02', '--output', signal)
      await run.says(words)
      const moment = randomInt(longest)
      t.diagnostic(`${moment} ms later`)
      await delay(moment)
      await endsInOrder(run, signal)
    })
  }

  it('by a second Ctrl-C ends at once', async () => {
    const run = cluster.start('run', 'P12')
    await run.says(/create namespaces/)
    run.child.kill('SIGINT')
    await run.says(/interrupted;/)
    run.child.kill('SIGINT')
    assert.equal((await run.done).code, 130)
    const { code } = await cluster.run('clean', '--all')
    assert.equal(code, 0)
    assert.deepEqual(await cluster.namespaces(), [])
  })

  it('by kill -9 is cleaned after, and a living run is left alone', async () => {
    const victim = cluster.start('run', 'P12', '--output', 'victim')
    const [, dead = ''] = await victim.says(/create namespaces (flatnet-\w+),/)
    victim.child.kill('SIGKILL')
    assert.equal((await victim.done).signal, 'SIGKILL')
    assert.ok((await cluster.namespaces()).includes(dead), 'it left something')

    const living = cluster.start('run', 'P02', 'N03', '--output', 'living')
    const [, alive = ''] = await living.says(/create namespaces (flatnet-\w+),/)
    const { code, stderr } = await cluster.run('clean')
    assert.equal(code, 0, stderr)
    assert.match(stderr, new RegExp(`removed namespaces.* ${dead}\\b`))
    assert.match(stderr, new RegExp(`run ${alive.replace('flatnet-', '')} is alive`))
    assert.ok(!(await cluster.namespaces()).some((name) => name.startsWith(dead)))

    const end = await living.done
    assert.equal(end.code, 3, end.stdout + end.stderr)
    assert.match(end.stdout, /^ *ok +N03 /m)
    assert.deepEqual(await cluster.namespaces(), [])
  })

  it('by kill -9 in a namespace of somebody else is found by clean, and the namespace stays', async () => {
    await cluster.core.createNamespace({ body: { metadata: { name: 'guest' } } })
    const victim = cluster.start('run', 'P02', '--namespace', 'guest', '--output', 'guest')
    await cluster.pod(({ metadata }) => metadata?.namespace === 'guest')
    victim.child.kill('SIGKILL')
    await victim.done
    const { code, stderr } = await cluster.run('clean')
    assert.equal(code, 0, stderr)
    assert.match(stderr, /removed the objects of run \w+ in namespace guest/)
    assert.deepEqual((await cluster.core.listNamespacedPod({ namespace: 'guest' })).items, [])
    await cluster.core.deleteNamespace({ name: 'guest' })
  })

  it('is left alone by clean in the second of its namespaces, where its Lease is not', async () => {
    const names = ['first', 'second']
    for (const name of names) await cluster.core.createNamespace({ body: { metadata: { name } } })
    const living = cluster.start('run', 'P02', '--namespace', names.join(), '--output', 'living')
    await cluster.pod(({ metadata }) => metadata?.namespace === 'first')
    const { code, stderr } = await cluster.run('clean', '--namespace', 'second')
    assert.equal(code, 0, stderr)
    assert.match(stderr, /run \w+ is alive: left alone/)
    const end = await living.done
    assert.match(end.stdout, /^ *ok +P02 /m, end.stdout + end.stderr)
    for (const name of names) await cluster.core.deleteNamespace({ name })
  })

  it('leaves namespaces alone that have the labels of a run and another name', async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'flatnet', 'flatnet/run': 'xyz12' }
    await cluster.core.createNamespace({ body: { metadata: { name: 'theirs', labels } } })
    const { code, stderr } = await cluster.run('clean', '--all')
    assert.equal(code, 0, stderr)
    assert.match(stderr, /namespace theirs has the labels of run xyz12, but flatnet gives no such name: left alone/)
    assert.deepEqual(await cluster.namespaces(), ['theirs'])
    await cluster.core.deleteNamespace({ name: 'theirs' })
  })
})

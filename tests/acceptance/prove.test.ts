import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { pidOf } from '../../cluster/site/owner.ts'
import { ProofReport } from '../../prover/report.ts'
import { preflight } from '../../reference/index.ts'
import { findTool, type Tool } from '../../reference/network/tools.ts'
import { Desk, type Running, sentenceOf } from './cli.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import {
  type Breakable,
  childOf,
  childrenOf,
  inGroup,
  sessionOf,
  signalGroup,
  startBreakable,
  until,
} from './proving.ts'

const skip = (await preflight()) ?? false
const WORKER = /prover\/worker/
const proofOf = (desk: Desk) =>
  ProofReport.parse(JSON.parse(readFileSync(desk.path('flatnet-report', 'proof.json'), 'utf8')))

describe('a cluster that flatnet did not make', () => {
  const created = (api: FakeApi) => api.asked.filter((request) => !request.startsWith('GET'))

  it('is not broken unless its owner says so', async () => {
    await using api = await startFakeApi()
    using desk = new Desk()
    const kubeconfig = desk.file('kubeconfig', api.kubeconfig)
    const outcome = await desk.run(['prove', '--fault', 'source-nat', '--kubeconfig', kubeconfig])
    assert.match(
      sentenceOf(outcome),
      /^flatnet did not create the cluster of context (\S+), .*--i-own-this-cluster \1\.$/,
    )
    assert.equal(outcome.code, 2)
    assert.deepEqual(api.asked, [], 'it is not even asked')
  })

  it('is not broken either when its nodes cannot be reached', async () => {
    await using api = await startFakeApi()
    using desk = new Desk()
    const kubeconfig = desk.file('kubeconfig', api.kubeconfig)
    const context = /current-context: (\S+)/.exec(api.kubeconfig)?.[1] ?? ''
    const args = ['prove', '--fault', 'source-nat', '--kubeconfig', kubeconfig, '--i-own-this-cluster', context]
    const outcome = await desk.run(args)
    assert.match(sentenceOf(outcome), /^flatnet cannot run commands on the nodes of context .*no fault was injected\.$/)
    assert.equal(outcome.code, 2)
    assert.deepEqual(created(api), [])
  })
})

describe('a proof on a cluster that stands', { skip }, () => {
  let cluster: Breakable
  before(async () => {
    cluster = await startBreakable()
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  /** Begins to prove, and waits until that fault is in on some node; gives the node. */
  async function breaking(fault: string, ...more: string[]): Promise<{ proof: Running; node: string }> {
    const proof = cluster.start('prove', '--fault', fault, ...more)
    let node = ''
    let ended = false
    proof.done.then(() => {
      ended = true
    })
    await until(`${fault} is in`, async () => {
      assert.ok(!ended, 'it ended before anything was in')
      for (const name of Object.keys(cluster.record.facts?.nodeShell ?? {})) {
        if (await isIn(fault, name)) node = name
      }
      return node !== ''
    })
    return { proof, node }
  }
  const isIn = async (fault: string, node: string) =>
    (await cluster.on(node, 'nft list tables')).includes(`flatnet_${fault.replaceAll('-', '_')}`)

  it('is refused where a node lacks what faults are put in with', async () => {
    const bin = cluster.desk.path('bin')
    mkdirSync(bin, { recursive: true })
    for (const name of ['sh', 'ip', 'nsenter', 'flock', 'grep', 'sed'])
      symlinkSync(findTool(name as Tool) ?? name, `${bin}/${name}`)
    const { facts } = cluster.record
    assert.ok(facts)
    const shells = Object.entries(facts.nodeShell).map(([node, words]) => [node, ['env', `PATH=${bin}`, ...words]])
    using _ = cluster.known({ ...facts, nodeShell: Object.fromEntries(shells) })
    const outcome = await cluster.start('prove', '--fault', 'source-nat').done
    assert.match(sentenceOf(outcome), /^node node-\d has no nft; faults need it, so no fault was injected\.$/)
    assert.equal(outcome.code, 2)
    assert.deepEqual(await cluster.left(), [])
  })

  it('takes its fault out on Ctrl-C, and everything else back', async () => {
    const { proof } = await breaking('source-nat')
    signalGroup(proof, 'SIGINT')
    const { code, stdout, stderr } = await proof.done
    assert.equal(code, 130, stderr)
    assert.equal(stdout, '')
    assert.match(sentenceOf({ code, stdout, stderr, signal: null }), /^interrupted; removing the fault/)
    assert.deepEqual(await cluster.left(), [])
  })

  it('that was killed with all its processes is mended by flatnet clean, and the cluster conforms', async () => {
    const { proof, node } = await breaking('source-nat')
    signalGroup(proof, 'SIGKILL')
    await proof.done
    assert.ok(await isIn('source-nat', node), 'it is still in')
    const clean = await cluster.start('clean').done
    assert.equal(clean.code, 0, clean.stderr)
    assert.match(clean.stderr, new RegExp(`removed fault source-nat from node ${node}`))
    assert.deepEqual(await cluster.left(), [])
    const run = await cluster.start('run', 'P02', 'P04', 'P05').done
    assert.equal(run.code, 3, run.stdout + run.stderr)
    assert.deepEqual(await cluster.left(), [])
  })

  it('whose worker was killed puts everything right, and judges nothing', async () => {
    const { proof } = await breaking('source-nat')
    for (const pid of childrenOf(proof.child.pid ?? 0, WORKER)) process.kill(pid, 'SIGKILL')
    const { code, stdout, stderr } = await proof.done
    assert.equal(code, 2, stdout + stderr)
    assert.match(stderr, /^ *\?\?\? +1\/1 +source-nat on node-\d: a prover worker ended \(SIGKILL\)/m)
    assert.equal(proofOf(cluster.desk).trials[0]?.result, 'not judged')
    assert.deepEqual(await cluster.left(), [])
  })

  it('takes its fault out when the API does not answer any more', async () => {
    const { proof, node } = await breaking('grpc-probe')
    const api = childOf(childOf(pidOf(cluster.record.owner)), /reference\/cluster\.cjs/)
    process.kill(api, 'SIGSTOP')
    try {
      await until('it is out', async () => !(await isIn('grpc-probe', node)))
    } finally {
      process.kill(api, 'SIGCONT')
    }
    const { code, stdout, stderr } = await proof.done
    // Silence is no verdict; the API answers again, and so the second chance gives one.
    assert.match(stderr, /grpc-probe on node-\d: will be retried at the end; /)
    assert.equal(proofOf(cluster.desk).trials[0]?.result, 'killed', stdout + stderr)
    assert.equal(code, 0, stdout + stderr)
    assert.deepEqual(await cluster.left(), [])
  })
})

describe('a proof in worlds of its own', { skip }, () => {
  const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nreference: { nodes: 2 }\n'

  it('goes on in the others when one of them is gone', async () => {
    using desk = new Desk()
    desk.file('flatnet.yaml', SETTINGS)
    const faults = ['source-nat', 'grpc-probe', 'http-filtered', 'node-address'].flatMap((id) => ['--fault', id])
    const proof = inGroup(desk, ['prove', '--worlds', '2', ...faults])
    await proof.says(/ 1\/4 /)
    const worker = childOf(proof.child.pid ?? 0, WORKER)
    assert.equal(childrenOf(worker, /unshare/).length, 1)
    process.kill(worker, 'SIGKILL')
    const { code, stdout, stderr } = await proof.done
    assert.equal(code, 2, stdout + stderr)
    const { trials } = proofOf(desk)
    assert.deepEqual(trials.map(({ result }) => result).sort(), ['killed', 'killed', 'killed', 'not judged'], stderr)
    await until('all of it is gone', () => sessionOf(proof).length === 0)
  })

  for (const longest of [300, 1_500, 6_000]) {
    it(`leaves nothing on Ctrl-C, some time in its first ${longest} ms`, async (t) => {
      using desk = new Desk()
      desk.file('flatnet.yaml', SETTINGS)
      // In full: it is not over before its time.
      const proof = inGroup(desk, ['prove', '--fault', 'source-nat', '--full'])
      const moment = randomInt(longest)
      t.diagnostic(`${moment} ms later`)
      await delay(moment)
      signalGroup(proof, 'SIGINT')
      const { code, signal, stdout, stderr } = await proof.done
      // Before it listens to signals nothing has been made.
      assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal} ${stderr}`)
      assert.equal(stdout, '')
      assert.doesNotMatch(stderr, /could not|ended|^ +at /m)
      await until('all of it is gone', () => sessionOf(proof).length === 0)
      assert.equal(desk.has('flatnet-report'), false)
    })
  }
})

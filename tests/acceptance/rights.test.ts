import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { V1Container, V1Namespace, V1Pod } from '@kubernetes/client-node'
import { parse, stringify } from 'yaml'
import { preflight } from '../../reference/index.ts'
import type { Outcome } from './cli.ts'
import { gateBefore } from './gate.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
/** Scenarios that make every kind of object: pods of each kind, Services, slices, policies of traffic, ports of the host. */
const IDS = [
  'C01',
  'P02',
  'P10',
  'N01',
  'N05',
  'I01',
  'S01',
  'S09',
  'S16',
  'S22',
  'S31',
  'D01',
  'X01',
  'X05',
  'X11',
  'NP02',
]
const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\npods: { requests: true }\n'
const TOKEN = 'a-token-that-nobody-may-read'

interface Write {
  verb: string
  path: string
}

/** Requests that ask for a judgement and keep nothing. */
const ASKS = /^\/apis\/(authorization|authentication)\.k8s\.io\/v1\/self\w+reviews$/
const NAMESPACED = /^\/apis?\/(?:[\w.-]+\/)?v\w+\/namespaces\/([\w-]+)\/\w+/
const OWN = /^flatnet-[a-z0-9]+(-far|-host|-policed)?$/

describe('a run on a cluster of somebody else', { skip }, () => {
  let cluster: Standing
  let outcome: Outcome
  const writes: Write[] = []
  const pods: { path: string; pod: V1Pod }[] = []
  const made: { path: string; labels: Record<string, string> }[] = []
  before(async () => {
    cluster = await startStanding(2)
    cluster.desk.file('flatnet.yaml', SETTINGS)
    await using gate = await gateBefore(
      cluster.desk.path('kubeconfig'),
      (verb, path) => {
        if (verb !== 'GET') writes.push({ verb, path })
        return undefined
      },
      {
        admits: (_, path, body, query) => {
          if (ASKS.test(path) || query.includes('dryRun=All')) return
          made.push({ path, labels: (body as V1Namespace).metadata?.labels ?? {} })
          if (/\/pods$/.test(path)) pods.push({ path, pod: body as V1Pod })
        },
      },
    )
    const config = parse(gate.kubeconfig)
    config.users[0].user = { token: TOKEN }
    cluster.desk.file('gate.kubeconfig', stringify(config))
    outcome = await cluster.desk.run(['run', ...IDS, '--kubeconfig', 'gate.kubeconfig', '--debug'])
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  it('comes to its end', () => {
    assert.equal(outcome.code, 3, outcome.stdout + outcome.stderr)
    assert.ok(pods.length > 10 && writes.length > pods.length)
  })

  it('writes into its own namespaces alone; nothing else of the whole cluster is written', () => {
    const elsewhere = writes.filter(({ verb, path }) => {
      if (ASKS.test(path)) return false
      const own = NAMESPACED.exec(path)?.[1] ?? /^\/api\/v1\/namespaces\/([\w-]+)$/.exec(path)?.[1]
      return own === undefined ? !(verb === 'POST' && path === '/api/v1/namespaces') : !OWN.test(own)
    })
    assert.deepEqual(elsewhere, [])
  })

  it('marks every object that it makes', () => {
    const bare = made.filter(
      ({ path, labels }) =>
        !/\/(exec|eviction|binding)$/.test(path) &&
        !(labels['app.kubernetes.io/managed-by'] === 'flatnet' && labels['flatnet/run'] !== undefined),
    )
    assert.deepEqual(bare, [])
  })

  it('asks for no privilege: pods pass Pod Security restricted, or use the host’s network or ports and nothing else', () => {
    for (const { path, pod } of pods) {
      const { spec } = pod
      const name = `${path} ${pod.metadata?.name}`
      assert.equal(spec?.automountServiceAccountToken, false, name)
      assert.ok(!spec?.hostPID && !spec?.hostIPC, name)
      assert.ok(!spec?.volumes?.some(({ hostPath }) => hostPath), name)
      const usesHost =
        spec?.hostNetwork || spec?.containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort))
      if (usesHost) assert.match(path, /-host\/pods$/, name)
      for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) isModest(container, name)
    }
  })

  it('has requests and limits for every container, if the settings say so', () => {
    for (const { pod } of pods)
      for (const { name, resources } of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
        assert.ok(resources?.requests?.cpu && resources.requests.memory, `${pod.metadata?.name} ${name}`)
        assert.ok(resources.limits?.memory, `${pod.metadata?.name} ${name}`)
      }
  })

  it('tells its credentials to nobody', () => {
    const folder = cluster.desk.path('flatnet-report')
    const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))
    const texts = files.filter((file) => statSync(file).isFile()).map((file) => [file, readFileSync(file)] as const)
    assert.ok(texts.length > 20)
    for (const [file, text] of texts) assert.equal(text.includes(TOKEN), false, file)
    assert.equal((outcome.stdout + outcome.stderr).includes(TOKEN), false)
  })
})

function isModest({ securityContext, name }: V1Container, pod: string): void {
  const { allowPrivilegeEscalation, capabilities, privileged } = securityContext ?? {}
  assert.equal(allowPrivilegeEscalation, false, `${pod} ${name}`)
  assert.deepEqual(capabilities?.drop, ['ALL'], `${pod} ${name}`)
  assert.ok(!privileged && !capabilities?.add?.some((each) => each !== 'NET_BIND_SERVICE'), `${pod} ${name}`)
}

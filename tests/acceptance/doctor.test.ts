import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Diagnosis } from '../../cli/doctor/diagnosis.ts'
import { Desk, sentenceOf } from './cli.ts'
import { closedPort, type FakeApi, type Ills, node, type Refusal, startFakeApi, type Thing } from './fake-api.ts'
import { type Standing, startStanding } from './standing.ts'

interface Review extends Thing {
  spec: { resourceAttributes: { verb: string; resource: string; namespace?: string } } & NonNullable<Thing['spec']>
}

/** What the API says to a review: everything is allowed, but for what `denies` says. */
const reviewed =
  (denies: (asked: Review['spec']['resourceAttributes']) => boolean, more: NonNullable<Ills['refuses']>) =>
  (verb: string, path: string, body: Thing | undefined): Refusal | undefined => {
    if (path.endsWith('/selfsubjectaccessreviews') && body) {
      body.status = { allowed: !denies((body as Review).spec.resourceAttributes) }
      return undefined
    }
    return more(verb, path, body)
  }

const forbidden = (message: string): Refusal => ({ code: 403, reason: 'Forbidden', message })

/** Any machine answers within it, however busy it is. */
const PATIENT = 'apiVersion: flatnet/v1\nkind: Configuration\nlimits: { check: 30000 }\n'

/** Asks doctor about a fake cluster. */
async function ask(ills: Ills, ...flags: string[]) {
  await using api = await startFakeApi(ills)
  using desk = new Desk()
  const kubeconfig = desk.file('kubeconfig', api.kubeconfig)
  desk.file('flatnet.yaml', PATIENT)
  const { code, stdout, stderr } = await desk.run(['doctor', '--kubeconfig', kubeconfig, '--json', ...flags])
  assert.equal(stderr, '')
  return { code, diagnosis: Diagnosis.parse(JSON.parse(stdout)), api }
}

const creates = ({ asked, left }: FakeApi): string[] => [
  ...asked.filter((each) => !/^GET |accessreviews$|POST .*\/(pods|services|namespaces)$/.test(each)),
  ...left(),
]

const two = [node('one'), node('two')]

describe('flatnet doctor', () => {
  it('creates nothing', async () => {
    const { api } = await ask({
      nodes: two,
      refuses: reviewed(
        () => false,
        () => undefined,
      ),
    })
    assert.deepEqual(creates(api), [])
    assert.ok(api.asked.length > 40)
  })

  it('names the missing rights, with verb, resource and namespace', async () => {
    const { diagnosis, code } = await ask(
      {
        nodes: two,
        refuses: reviewed(
          ({ verb, resource }) => `${verb} ${resource}` === 'update services',
          () => undefined,
        ),
      },
      '--namespace',
      'team',
    )
    assert.deepEqual(diagnosis.missingRights, [
      { verb: 'update', resource: 'services', where: 'run', namespace: 'team', loses: ['D09', 'S15'] },
    ])
    assert.ok(diagnosis.notTested.some(({ core }) => core.includes('S15')))
    assert.equal(code, 3)
  })

  it('says that no run is possible without a right that everything needs', async () => {
    const { diagnosis, code } = await ask({
      nodes: two,
      refuses: reviewed(
        ({ verb, resource }) => `${verb} ${resource}` === 'create pods',
        () => undefined,
      ),
    })
    assert.deepEqual([code, diagnosis.result], [2, 'unusable'])
    assert.equal(diagnosis.missingRights[0]?.loses, 'everything')
  })

  it('leads a user who may not create namespaces to one that exists', async () => {
    const { diagnosis, code } = await ask({
      nodes: two,
      refuses: reviewed(
        () => false,
        (verb, path) =>
          verb === 'POST' && path === '/api/v1/namespaces' ? forbidden('namespaces is forbidden') : undefined,
      ),
    })
    const check = diagnosis.checks.find(({ name }) => name === 'namespaces')
    assert.match(check?.hint ?? '', /flatnet run --namespace NAME/)
    assert.deepEqual([code, check?.stops], [2, 'run'])
  })

  it('asks a given namespace for a pod of a run, and repeats its refusal', async () => {
    const { diagnosis, code } = await ask(
      {
        nodes: two,
        refuses: reviewed(
          () => false,
          (verb, path) =>
            verb === 'POST' && path.endsWith('/pods') ? forbidden('exceeded quota: small, pods 4') : undefined,
        ),
      },
      '--namespace',
      'team',
    )
    assert.match(
      diagnosis.checks.find(({ name }) => name === 'namespace')?.says ?? '',
      /would refuse .*exceeded quota: small/,
    )
    assert.equal(code, 2)
  })

  it('says which nodes do not take part, and why', async () => {
    const { diagnosis } = await ask({
      nodes: [...two, node('three', { unschedulable: true })],
      refuses: reviewed(
        () => false,
        () => undefined,
      ),
    })
    assert.match(
      diagnosis.checks.find(({ name }) => name === 'nodes')?.says ?? '',
      /^2 of 3 .*one, two; three is cordoned$/,
    )
  })

  it('gives 2 and says what is wrong, if no node can take part', async () => {
    const { diagnosis, code } = await ask({
      nodes: [node('one', {}, 'False')],
      refuses: reviewed(
        () => false,
        () => undefined,
      ),
    })
    assert.match(diagnosis.checks.find(({ name }) => name === 'nodes')?.says ?? '', /one is not Ready/)
    assert.equal(code, 2)
  })

  it('gives 2 if the cluster cannot be reached, and still says what this machine can run', async () => {
    using desk = new Desk()
    const port = await closedPort()
    desk.file('flatnet.yaml', PATIENT)
    desk.file(
      'kubeconfig',
      `apiVersion: v1\nkind: Config\ncurrent-context: it\nclusters: [{name: it, cluster: {server: "https://127.0.0.1:${port}"}}]\nusers: [{name: it, user: {}}]\ncontexts: [{name: it, context: {cluster: it, user: it}}]\n`,
    )
    const { code, stdout } = await desk.run(['doctor', '--kubeconfig', 'kubeconfig'])
    assert.equal(code, 2)
    assert.match(stdout, /LACKS API server +the API server at/)
    assert.match(stdout, /This machine\n {2}ok {4}Node/)
    assert.match(stdout, /NOT POSSIBLE\n$/)
  })

  it('gives 2 without any cluster, and names the cluster that needs none', async () => {
    using desk = new Desk()
    desk.file('flatnet.yaml', PATIENT)
    const { code, stdout } = await desk.run(['doctor'])
    assert.equal(code, 2)
    assert.match(stdout, /there is no kubeconfig[\s\S]*flatnet run --cluster reference/)
  })

  it('refuses a kubeconfig that is not there, with 64', async () => {
    using desk = new Desk()
    const outcome = await desk.run(['doctor', '--kubeconfig', 'none'])
    assert.equal(outcome.code, 64)
    assert.match(sentenceOf(outcome), /no kubeconfig none/)
  })
})

describe('flatnet doctor on the reference cluster', () => {
  let standing: Standing
  before(async () => {
    standing = await startStanding(2)
    standing.desk.file('flatnet.yaml', PATIENT)
  })
  after(async () => {
    await standing[Symbol.asyncDispose]()
  })

  it('foresees what a run says that it cannot test', async () => {
    const { stdout, code } = await standing.run('doctor', '--json')
    const diagnosis = Diagnosis.parse(JSON.parse(stdout))
    assert.equal(code, diagnosis.notTested.some(({ core }) => core.length > 0) ? 3 : 0)
    await standing.run('run', 'S26', 'DS01', 'P15', 'X09', 'X20', 'P01')
    const skipped = standing.desk.report().profiles.flatMap((profile) => profile.skipped)
    const ofRun = new Map(
      skipped.filter(({ because }) => because.startsWith('needs ')).map(({ id, because }) => [id, because]),
    )
    assert.ok(ofRun.size >= 3, [...ofRun.keys()].join(' '))
    for (const [id, because] of ofRun) {
      const foreseen = diagnosis.notTested.find(({ core, extended }) => [...core, ...extended].includes(id))
      assert.ok(foreseen, `${id} is foreseen: ${because}`)
      assert.equal(because.replace(/^needs [\w-]+: /, ''), foreseen.because, `${id} has the same reason and hint`)
    }
  })

  it('shows all of it in 80 columns, without colours in a pipe', async () => {
    const { stdout } = await standing.run('doctor')
    for (const line of stdout.split('\n')) if (!line.startsWith('run it')) assert.ok(line.length <= 80, line)
    assert.ok(!stdout.includes('\u001b'))
  })
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { MEDIA } from '../../contract/media.ts'
import { issueCertificates } from '../../reference/api/certificates.ts'
import { kubeconfigText } from '../../reference/api/kubeconfig.ts'
import { startApi } from '../../reference/api/server.ts'
import { createStore } from '../../reference/api/store.ts'
import { ConformanceReport } from '../../reports/schema.ts'
import { fakeRuntime } from '../reference/api-fixture.ts'
import { Desk, type Outcome, sentenceOf } from './cli.ts'
import { closedPort, type FakeApi, type Ills, node, type Refusal, startFakeApi } from './fake-api.ts'

const forbidden = (message: string): Refusal => ({ code: 403, reason: 'Forbidden', message })
const IMAGE_WORDS =
  'failed to resolve reference "docker.io/library/node:24-slim": dial tcp: lookup registry: no such host'
const pullFails = (reason: string) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'app', image: 'node:24-slim', state: { waiting: { reason, message: IMAGE_WORDS } } }],
})

/** Runs one scenario against a cluster with these ills. */
async function runAgainst(
  ills: Ills,
  more: string[],
  look: (seen: { outcome: Outcome; api: FakeApi; desk: Desk }) => void,
) {
  await using api = await startFakeApi(ills)
  using desk = new Desk()
  const kubeconfig = desk.file('kubeconfig', api.kubeconfig)
  const outcome = await desk.run(['run', 'P01', '--outside', 'none', '--kubeconfig', kubeconfig, ...more])
  look({ outcome, api, desk })
}

/** Exit 2, one sentence, nothing left on the cluster, and a report that says why. */
function inconclusive({ outcome, api, desk }: { outcome: Outcome; api: FakeApi; desk: Desk }, words: RegExp): void {
  const sentence = sentenceOf(outcome)
  assert.match(sentence, words)
  assert.equal(outcome.code, 2)
  assert.equal(outcome.stdout, '')
  assert.deepEqual(api.left(), [], 'everything that was created is deleted again')
  const report = desk.report()
  assert.equal(report.result, 'inconclusive')
  assert.match(report.because ?? '', words)
}

const created = (api: FakeApi) => api.asked.filter((request) => request.startsWith('POST'))

describe('in a bad world there is one sentence, no verdict, and nothing left:', { concurrency: 2 }, () => {
  it('the credentials are not accepted', () =>
    runAgainst({ refuses: () => ({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' }) }, [], (seen) => {
      inconclusive(seen, /^the API server at https:\/\/127\.0\.0\.1:\d+ does not accept these credentials \(401\)\.$/)
      assert.deepEqual(created(seen.api), [])
    }))

  it('namespaces may not be created', () => {
    const message = 'namespaces is forbidden: User "fake" cannot create resource "namespaces"'
    const refuses = (verb: string, path: string) =>
      verb === 'POST' && path === '/api/v1/namespaces' ? forbidden(message) : undefined
    return runAgainst({ refuses }, [], (seen) =>
      inconclusive(seen, /^you may not create namespaces here; use an existing namespace with --namespace NAME/),
    )
  })

  it('one of several namespaces may not be created', () => {
    const refuses = (verb: string, path: string, body?: { metadata: { name: string } }) =>
      verb === 'POST' && path === '/api/v1/namespaces' && body?.metadata.name.endsWith('-far')
        ? { code: 429, reason: 'TooManyRequests', message: 'too many namespaces' }
        : undefined
    return runAgainst({ refuses }, [], (seen) => {
      inconclusive(seen, /^could not create namespace flatnet-\w+-far: too many namespaces\.?$/)
      assert.ok(created(seen.api).length > 1, 'others were created before')
    })
  })

  it('a quota is exhausted', () => {
    const message =
      'pods "client-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'
    const refuses = (verb: string, path: string) =>
      verb === 'POST' && path.endsWith('/pods') ? forbidden(message) : undefined
    return runAgainst({ refuses }, [], (seen) => {
      inconclusive(seen, /quota is exhausted.*exceeded quota: small.*limited: pods=2/)
    })
  })

  it('no node can take a pod', () => {
    const nodes = [
      node('tainted', { taints: [{ key: 'node-role/control-plane', effect: 'NoSchedule' }] }),
      node('cordoned', { unschedulable: true }),
      node('sick', {}, 'Unknown'),
    ]
    return runAgainst({ nodes }, [], (seen) => {
      inconclusive(
        seen,
        /^no node can take probe pods: tainted has the taint node-role\/control-plane:NoSchedule; cordoned is cordoned; sick is not Ready\.$/,
      )
      assert.deepEqual(created(seen.api), [])
    })
  })

  for (const reason of ['ErrImagePull', 'ImagePullBackOff']) {
    it(`the probe’s image cannot be pulled (${reason})`, async () => {
      const started = performance.now()
      await runAgainst({ podStatus: () => pullFails(reason) }, [], (seen) =>
        inconclusive(seen, new RegExp(`^one cannot .*node:24-slim.*${reason}: .*no such host.*--probe-image\\.$`)),
      )
      const seconds = (performance.now() - started) / 1000
      assert.ok(seconds < 30, `said within seconds, not after a timeout: ${seconds}`)
    })
  }

  it('pods may not be executed in', () => {
    const refuses = (verb: string) => (verb === 'EXEC' ? forbidden('pods "x" is forbidden') : undefined)
    return runAgainst({ refuses }, [], (seen) => {
      inconclusive(seen, /^pods\/exec is forbidden in namespace flatnet-\S+: .*\bcreate\b.*\bget\b/)
      assert.ok(created(seen.api).some((request) => request.endsWith('/pods')))
    })
  })

  it('what was made may not be deleted', () => {
    const refuses = (verb: string, path: string) => {
      if (verb === 'DELETE') return forbidden('namespaces "x" is forbidden: User "fake" cannot delete it')
      return verb === 'POST' && path.endsWith('/pods') ? forbidden('pods "x" is forbidden: no') : undefined
    }
    return runAgainst({ refuses }, [], ({ outcome, desk }) => {
      const said = outcome.stderr.split('\n').filter((line) => line.startsWith('flatnet: '))
      assert.match(said.join('\n'), /could not delete what the run created: .*cannot delete it/)
      assert.match(said.join('\n'), /could not create pod .*: pods "x" is forbidden: no\.?$/)
      assert.doesNotMatch(outcome.stderr, /[{}]|HTTP-Code|Headers/, 'no wall of JSON')
      assert.equal(outcome.code, 2)
      assert.equal(desk.report().result, 'inconclusive')
    })
  })

  it('the API server breaks down', () =>
    runAgainst({ refuses: () => ({ code: 500, reason: 'InternalError', message: 'etcd is gone' }) }, [], (seen) =>
      inconclusive(seen, /etcd is gone\.?$/),
    ))

  it('the namespace to stay in is not there, which is wrong usage', () => {
    const refuses = (verb: string, path: string) =>
      verb === 'POST' && path.includes('/namespaces/mine/')
        ? { code: 404, reason: 'NotFound', message: 'namespaces "mine" not found' }
        : undefined
    return runAgainst({ refuses }, ['--namespace', 'mine'], ({ outcome, api }) => {
      assert.match(sentenceOf(outcome), /^namespace mine does not exist; create it first/)
      assert.equal(outcome.code, 64)
      assert.deepEqual(api.left(), [])
    })
  })

  it('nobody answers', async () => {
    using desk = new Desk()
    const kubeconfig = desk.file(
      'kubeconfig',
      kubeconfigText(`https://127.0.0.1:${await closedPort()}`, await issueCertificates([])),
    )
    const outcome = await desk.run(['run', 'P01', '--kubeconfig', kubeconfig])
    assert.match(
      sentenceOf(outcome),
      /^the API server at https:\/\/127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)\.$/,
    )
    assert.equal(outcome.code, 2)
    assert.equal(ConformanceReport.parse(desk.report()).result, 'inconclusive')
  })

  it('nobody answers, and an earlier run did: its results do not stand for this one', async () => {
    using desk = new Desk()
    const kubeconfig = desk.file(
      'kubeconfig',
      kubeconfigText(`https://127.0.0.1:${await closedPort()}`, await issueCertificates([])),
    )
    const earlier = ['junit.xml', 'index.html', 'evidence/P04.json', 'allure-results/1-result.json']
    for (const name of earlier) desk.file(`flatnet-report/${name}`, 'of an earlier run')
    desk.file('flatnet-report/messages.ndjson', `${JSON.stringify({ attachment: { mediaType: MEDIA.facts } })}\n`)
    const { code } = await desk.run(['run', 'P01', '--kubeconfig', kubeconfig])
    assert.equal(code, 2)
    const isEarlier = (name: string) => readFileSync(desk.path('flatnet-report', name), 'utf8') === 'of an earlier run'
    assert.deepEqual(
      earlier.filter((name) => desk.has(`flatnet-report/${name}`) && isEarlier(name)),
      [],
    )
    const junit = readFileSync(desk.path('flatnet-report', 'junit.xml'), 'utf8')
    assert.match(junit, /<error type="Inconclusive" message="the API server at .* cannot be reached/)
  })

  it('the server’s name is unknown', async () => {
    using desk = new Desk()
    const kubeconfig = desk.file(
      'kubeconfig',
      kubeconfigText('https://cluster.invalid:6443', await issueCertificates([])),
    )
    const outcome = await desk.run(['run', 'P01', '--kubeconfig', kubeconfig])
    assert.match(sentenceOf(outcome), /^the API server at https:\/\/cluster\.invalid:6443 cannot be reached \(\w+\)\.$/)
    assert.equal(outcome.code, 2)
  })

  it('the server’s certificate is not trusted', async () => {
    const api = await startApi({ store: createStore(), runtime: fakeRuntime })
    try {
      using desk = new Desk()
      const server = /server: (\S+)/.exec(api.kubeconfig)?.[1] ?? ''
      const kubeconfig = desk.file('kubeconfig', kubeconfigText(server, await issueCertificates(['127.0.0.1'])))
      const outcome = await desk.run(['run', 'P01', '--kubeconfig', kubeconfig])
      assert.match(sentenceOf(outcome), /^the certificate of the API server at \S+ is not trusted/)
      assert.equal(outcome.code, 2)
    } finally {
      await api.stop()
    }
  })

  it('flatnet itself breaks: that is no verdict', async () => {
    await using api = await startFakeApi({ podStatus: () => ({ phase: 'Pending' }) })
    using desk = new Desk()
    const kubeconfig = desk.file('kubeconfig', api.kubeconfig)
    // Throws out of nowhere, as soon as the run listens to signals.
    const crash = `const wait = setInterval(() => {
      if (process.listenerCount('SIGINT') === 0) return
      clearInterval(wait)
      throw new Error('boom')
    }, 20)`
    const preload = `--import=data:text/javascript,${encodeURIComponent(crash)}`
    const { code, stderr } = await desk.run(['run', 'P01', '--kubeconfig', kubeconfig], { NODE_OPTIONS: preload })
    assert.equal(code, 2, stderr)
    assert.match(stderr, /^flatnet: boom; /m)
  })

  it('the report says all the same what was to be tested, and by what', () =>
    runAgainst({ nodes: [node('sick', {}, 'Unknown')] }, [], ({ desk }) => {
      const report = ConformanceReport.parse(desk.report())
      assert.ok(report.profiles.some(({ skipped }) => skipped.some(({ id }) => id === 'P04')))
    }))

  it('--json prints the report even so', () =>
    runAgainst({ nodes: [node('sick', {}, 'Unknown')] }, ['--json'], ({ outcome }) =>
      assert.equal((JSON.parse(outcome.stdout) as { result: string }).result, 'inconclusive'),
    ))

  it('there is no kubeconfig at all', async () => {
    using desk = new Desk()
    const outcome = await desk.run(['run', 'P01'])
    assert.match(sentenceOf(outcome), /^there is no kubeconfig/)
    assert.equal(outcome.code, 2)
    assert.equal(desk.has('flatnet-report'), false)
  })
})

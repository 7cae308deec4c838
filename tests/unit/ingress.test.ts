import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Observed } from '../../contract/conversation.ts'
import { Settings } from '../../contract/settings.ts'
import type { ProbeRef, Topology } from '../../contract/topology.ts'
import { certificateFor } from '../../fixtures/certificates.ts'
import { promised, type Routing, type Rule } from '../../fixtures/routing.ts'
import { dialHttp } from '../../probe/dial/http.ts'
import type { Dial, HttpRequest, Outcome } from '../../probe/protocol.ts'
import { httpServer } from '../../probe/serve/http.ts'
import { claimOwnCertificates, claimPublished, claimReached } from '../../promises/ingress/claims.ts'
import { admittedBy, sendRequests } from '../../promises/ingress/open.ts'
import { fakeTopology, probeOf } from './fake.ts'

const rule = (host: string, type: Rule['type'], path: string): Rule => ({
  host,
  type,
  path,
  backend: `${type} ${path}`,
})
const paths = (...all: Rule[]) => ({ rules: all })

describe('what the rules of an Ingress promise', () => {
  const cases: [string, { rules: Rule[]; fallback?: string }, string, string, string][] = [
    ['an exact path with its case', paths(rule('a', 'Exact', '/foo')), 'a', '/FOO', 'no backend'],
    ['an exact path with its slash', paths(rule('a', 'Exact', '/foo')), 'a', '/foo/', 'no backend'],
    ['a prefix by elements', paths(rule('a', 'Prefix', '/aaa')), 'a', '/aaaccc', 'no backend'],
    ['a prefix without its slash', paths(rule('a', 'Prefix', '/aaa/bbb/')), 'a', '/aaa/bbb', 'Prefix /aaa/bbb/'],
    [
      'the longest prefix',
      paths(rule('a', 'Prefix', '/aaa'), rule('a', 'Prefix', '/aaa/bbb')),
      'a',
      '/aaa/bbb/ccc',
      'Prefix /aaa/bbb',
    ],
    ['the exact path first', paths(rule('a', 'Prefix', '/f'), rule('a', 'Exact', '/f')), 'a', '/f', 'Exact /f'],
    ['one label of a wildcard', paths(rule('*.a.b', 'Prefix', '/')), 'x.a.b', '/', 'Prefix /'],
    ['two labels of a wildcard', paths(rule('*.a.b', 'Prefix', '/')), 'x.y.a.b', '/', 'no backend'],
    ['no label of a wildcard', paths(rule('*.a.b', 'Prefix', '/')), 'a.b', '/', 'no backend'],
    ['the default backend', { rules: [], fallback: 'the default' }, 'a', '/', 'the default'],
  ]
  for (const [name, given, host, path, backend] of cases)
    it(`is ${name}`, () => assert.equal(promised(given, { host, path }), backend))
})

const identity = { uid: 'u1', pod: 'server-1', container: 'app', node: 'n1' }
const seen = { http: { count: 0, peers: [] }, tcp: { count: 0, peers: [] }, grpc: { count: 0, peers: [] } }

describe('an HTTP conversation with a request', () => {
  let plain: Server
  let secure: ReturnType<typeof createTls>
  let fingerprint: string
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  const send = (port: number, request: HttpRequest): Promise<Outcome> =>
    dialHttp({ protocol: 'HTTP', host: '127.0.0.1', port, deadline: 2000, request })

  before(async () => {
    const { certificate, key, fingerprint: own } = await certificateFor('a.example')
    fingerprint = own
    plain = httpServer(identity, { ...seen, terms: 0, ready: true }).listen(0)
    secure = createTls({ cert: certificate, key }, (_, response) => response.writeHead(404).end('none')).listen(0)
    await Promise.all([plain, secure].map((each) => new Promise((resolve) => each.on('listening', resolve))))
  })
  after(() => {
    plain.close()
    secure.close()
  })

  it('says which server answered, and what it got', async () => {
    const { server, reply } = await send(portOf(plain), { host: 'b.example', path: '/ready' })
    assert.equal(server?.identity.pod, 'server-1')
    assert.deepEqual(reply, { status: 200, got: { host: 'b.example', path: '/ready' } })
  })

  it('says the status and the certificate where no probe answers', async () => {
    const { failure, reply } = await send(portOf(secure), { host: 'a.example', path: '/', tls: true })
    assert.equal(failure, 'foreign')
    assert.deepEqual(reply, { status: 404, certificate: { fingerprint, names: 'DNS:a.example' } })
  })

  it('fails as refused where nothing listens', async () => {
    const closed = createServer().listen(0)
    const port = await new Promise<number>((resolve) => closed.on('listening', () => resolve(portOf(closed))))
    await new Promise((resolve) => closed.close(resolve))
    assert.equal((await send(port, { host: 'a', path: '/', tls: true })).failure, 'refused')
  })
})

describe('a request that must be admitted', () => {
  it('is of the first rule, and uses TLS where the host has a certificate', () => {
    const rules = [rule('*.a', 'Prefix', '/'), rule('b', 'Prefix', '/')]
    assert.deepEqual(admittedBy({ rules, certificates: {} }), { host: 'any.a', path: '/' })
    assert.deepEqual(admittedBy({ rules: rules.slice(1), certificates: { b: 'BB' } }), {
      host: 'b',
      path: '/',
      tls: true,
    })
    assert.equal(admittedBy({ rules: [], certificates: {} }), undefined)
  })
})

const published = { kind: 'Ingress' as const, name: 'x', addresses: async () => undefined }
const target = { label: 'Ingress x', node: 'the Service', by: [{ uid: 'u1', container: 'app' }] }
const routing: Routing = {
  ...{ subject: published, later: { ...published, name: 'later' }, host: 'a', laterHost: 'l', laterTarget: target },
  rules: [{ host: 'a', type: 'Prefix', path: '/', backend: 'the backend of the rule' }],
  targets: { 'the backend of the rule': target },
  ports: { http: 80, https: 443 },
  certificates: { a: 'AA', b: 'BB' },
}
const from = { pod: 'the observer', node: 'outside' } as ProbeRef
const observed = (request: HttpRequest, more: Partial<Outcome>): Observed => {
  const dial: Dial = { protocol: 'HTTP', host: '10.0.0.1', port: 80, deadline: 1, request }
  return { from, to: target, outcome: { dial, ...more } }
}
const end = { ip: '10.0.0.1', port: 80 }
const byServer = { server: { local: end, peer: end, identity } }

describe('the claims about requests', () => {
  const words = 'the backend of the rule'

  it('name the request and whom it reached', () => {
    const unknown = observed({ host: 'c', path: '/' }, byServer)
    assert.throws(() => claimReached([unknown], routing, 'no backend'), {
      name: 'NonConformance',
      message: /GET http:\/\/c\/ from the observer to 10\.0\.0\.1:80 reached server-1\/app, the backend of the rule/,
    })
    const lost = observed({ host: 'a', path: '/' }, { failure: 'foreign', reply: { status: 404 } })
    assert.throws(() => claimReached([lost], routing, words), /got status 404, and no pod answered/)
    claimReached([observed({ host: 'a', path: '/' }, byServer)], routing, words)
  })

  it('are a harness error if the scenario claims what the rules do not promise', () => {
    const given = observed({ host: 'a', path: '/' }, byServer)
    assert.throws(() => claimReached([given], routing, 'no backend'), { name: 'Error' })
    assert.throws(() => claimReached([], routing, words), { name: 'Error' })
  })

  it('tell whose certificate a host got', () => {
    const over = (host: string, fingerprint: string) =>
      observed({ host, path: '/', tls: true }, { reply: { status: 200, certificate: { fingerprint, names: 'x' } } })
    claimOwnCertificates([over('a', 'AA'), over('b', 'BB'), over('c', 'CC')], routing)
    assert.throws(() => claimOwnCertificates([over('a', 'BB')], routing), /the certificate of the Secret for b/)
    assert.throws(() => claimOwnCertificates([over('c', 'AA')], routing), /the certificate of the Secret for a/)
    assert.throws(() => claimOwnCertificates([over('a', 'CC')], routing), /a certificate of no Secret/)
  })

  it('tell whether an Ingress has an address', () => {
    claimPublished({ subject: ['1'], later: ['1', '2'] }, routing, true)
    claimPublished({ subject: undefined, later: ['1', '2'] }, routing, false)
    assert.throws(() => claimPublished({ subject: undefined, later: ['1', '2'] }, routing, true), /later, .* has 1, 2/)
    assert.throws(() => claimPublished({ subject: ['1'], later: ['1', '2'] }, routing, false), /x has the address 1/)
  })
})

describe('requests to several published addresses', () => {
  const base = fakeTopology(1)
  const observer = { ...probeOf(base, 'client', 0), uid: 'o', ips: ['10.9.9.9'], command: ['x'] } as unknown as ProbeRef
  const topology = { ...base, outside: { how: 'fake', observer, dials: true } } as unknown as Topology
  const settings = Settings.parse({}).limits
  const addresses = ['10.0.0.1', 'fd00::1', 'ingress.example', '10.0.0.2']

  /** Sends the requests; the controller does not answer at these hosts. */
  async function send(silent: readonly string[] = []) {
    const hosts: string[] = []
    const bench = {
      topology,
      ask: async () => 0,
      dial: async (_: unknown, dials: Dial[]): Promise<Outcome[]> =>
        dials.map((dial) => {
          hosts.push(dial.host)
          return { dial, ...(silent.includes(dial.host) ? { failure: 'refused' as const } : byServer) }
        }),
    }
    const taken: Observed[] = []
    const tools = {
      ...{ bench, topology, limits: { ...settings, propagate: 50, rules: 50 } },
      seen: { take: (observed: readonly Observed[]) => taken.push(...observed) },
    } as unknown as Parameters<typeof sendRequests>[0]
    await sendRequests(tools, routing, { subject: addresses, later: addresses }, ({ host }) => [{ host, path: '/' }])
    return { taken, hosts: new Set(hosts) }
  }

  it('are sent to each of those that the client can dial, in turn', async () => {
    const { taken, hosts } = await send()
    const dialled = taken.map(({ outcome }) => outcome.dial.host)
    for (const host of ['10.0.0.1', 'ingress.example', '10.0.0.2'])
      assert.equal(dialled.filter((each) => each === host).length, 2)
    assert.equal(hosts.has('fd00::1'), false)
  })

  it('say nothing about rules if the controller does not answer at one of them', async () => {
    await assert.rejects(send(['10.0.0.2']), /the controller at 10\.0\.0\.2:80 did not send .* inconclusive/)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import { Settings } from '../../contract/settings.ts'
import type { DnsRecord, Question, Resolved } from '../../probe/protocol.ts'
import { type Asked, ask, claimAnswers } from '../../promises/names/ask.ts'
import { claimDots, claimSearch } from '../../promises/names/configuration.ts'
import { type Expected, srv, wrong } from '../../promises/names/expected.ts'
import { claimLeads, claimLeadsElsewhere, lookUp } from '../../promises/names/lookup.ts'
import { ANSWERS } from '../../promises/names/more.ts'
import { findRewritten } from '../../promises/names/not-mutated.ts'
import { addresses, reverse, type Subject, topicOf } from '../../promises/names/questions.ts'
import { untilAnswered } from '../../promises/names/until-answered.ts'
import { fakeBench, fakeTopology, probeOf } from './fake.ts'

const topology = fakeTopology(2)
const zone = 'cluster.test'
const service = { name: 'web', uid: 'u', ip: '10.96.0.7', ips: ['10.96.0.7'], families: [4 as const] }
const subject: Subject = {
  namespace: 'ns',
  service,
  other: { ...service, name: 'other' },
  pods: topology.pods.filter(({ role }) => role === 'client'),
  ports: { tcp: { protocol: 'TCP', port: 80 } },
}

const question: Question = { server: '10.96.0.10', name: 'web.ns.svc.cluster.test', type: 'A', over: 'UDP' }
const record = (data: string, more: Partial<DnsRecord> = {}): DnsRecord => ({
  name: question.name,
  type: 'A',
  ttl: 30,
  data,
  ...more,
})
const answer = (answers: DnsRecord[], more: Partial<Resolved> = {}): Resolved => ({
  question,
  rcode: 'NOERROR',
  flags: [],
  answers,
  sent: 1,
  ms: 1,
  ...more,
})
const expect = (records: Expected['records'], type: Expected['type'] = 'A'): Expected => ({
  name: question.name,
  type,
  records,
})

describe('an answer of DNS', () => {
  const two = expect(['10.0.0.1', '10.0.0.2'])
  it('is right in any order, and in any spelling of an address or a name', () => {
    assert.equal(wrong(two, answer([record('10.0.0.2'), record('10.0.0.1')])), undefined)
    const v6 = record('fd00::1:0:0:0:1', { type: 'AAAA' })
    assert.equal(wrong(expect(['fd00:0:0:1::1'], 'AAAA'), answer([v6])), undefined)
    const port = record('WEB.ns', { type: 'SRV', port: 80 })
    assert.equal(wrong(expect([srv('web.ns', 80)], 'SRV'), answer([port])), undefined)
  })

  it('is wrong with one address missing, one too many, or another one', () => {
    assert.match(wrong(two, answer([record('10.0.0.1')])) ?? '', /\(missing: 10\.0\.0\.2\)$/)
    const extra = ['10.0.0.1', '10.0.0.2', '10.0.0.9'].map((ip) => record(ip))
    assert.match(wrong(two, answer(extra)) ?? '', /\(not expected: 10\.0\.0\.9\)$/)
    assert.match(
      wrong(expect(['10.0.0.1']), answer([record('10.0.0.3')])) ?? '',
      /missing: 10\.0\.0\.1; not expected: 10\.0\.0\.3/,
    )
  })

  it('is wrong without its SRV record, or with another target or port', () => {
    const one = expect([srv('web.ns', 80)], 'SRV')
    assert.match(wrong(one, answer([])) ?? '', /got no record \(missing: port 80 of web\.ns/)
    for (const bad of [
      { data: 'web.other', port: 80 },
      { data: 'web.ns', port: 7000 },
    ]) {
      assert.match(wrong(one, answer([record('', { type: 'SRV', ...bad })])) ?? '', /missing: port 80/)
    }
  })

  it('is wrong where the records of one set have different TTLs', () => {
    const records = [record('10.0.0.1'), record('10.0.0.2', { ttl: 5 })]
    assert.match(wrong(two, answer(records)) ?? '', /different TTLs/)
  })

  it('tells no such name, no such record and an address apart', () => {
    const none = answer([])
    const nobody = answer([], { rcode: 'NXDOMAIN' })
    const failed = answer([], { rcode: 'SERVFAIL' })
    const found = answer([record('10.0.0.1')])
    const verdicts = (records: Expected['records']) =>
      [none, nobody, failed, found].map((each) => wrong(expect(records), each) === undefined)
    assert.deepEqual(verdicts([]), [true, false, false, false])
    assert.deepEqual(verdicts('NXDOMAIN'), [false, true, false, false])
    assert.deepEqual(verdicts('nothing'), [true, true, false, false])
  })

  it('is wrong where it is truncated and must not be, or must be and is not', () => {
    const whole = { ...two, edns: 1232, arrives: 'in one datagram' as const }
    const plain = { ...two, arrives: 'truncated' as const }
    const records = [record('10.0.0.2'), record('10.0.0.1')]
    const [cut, uncut] = [answer(records, { flags: ['tc'], bytes: 100 }), answer(records, { bytes: 900 })]
    assert.deepEqual([wrong(whole, uncut), wrong(plain, cut)], [undefined, undefined])
    assert.match(wrong(whole, cut) ?? '', /truncated answer, although 2 records fit into the 1232 bytes/)
    assert.match(wrong(plain, uncut) ?? '', /one datagram of 900 bytes that is not truncated/)
  })

  it('is wrong where none came', () => {
    const { rcode: _, ...silent } = answer([], { failure: 'timeout', detail: 'no answer to 4 datagrams' })
    for (const records of [['10.0.0.1'], [], 'NXDOMAIN', 'nothing'] as const) {
      assert.match(wrong(expect(records), silent) ?? '', /no answer \(timeout/)
    }
  })
})

describe('a topic', () => {
  const ask = (words: string) => topicOf(words).expect(subject, zone)
  it('asks for both families, and for a name that no Service has', () => {
    assert.deepEqual(ask("the Service's addresses"), [
      { name: 'web.ns.svc.cluster.test', type: 'A', records: ['10.96.0.7'] },
      { name: 'web.ns.svc.cluster.test', type: 'AAAA', records: [] },
      { name: 'WEB.NS.SVC.CLUSTER.TEST', type: 'A', records: ['10.96.0.7'] },
      { name: 'WEB.NS.SVC.CLUSTER.TEST', type: 'AAAA', records: [] },
      { name: 'missing-web.ns.svc.cluster.test', type: 'A', records: 'NXDOMAIN' },
    ])
  })

  it('names N × M ports of a headless Service', () => {
    const [expected] = ask("the headless Service's named ports")
    assert.equal(expected?.name, '_tcp._tcp.web.ns.svc.cluster.test')
    assert.equal(expected?.records.length, 2)
  })

  it('leaves out addresses of a family that the Service is not for', () => {
    const [pod] = subject.pods
    const [probe] = pod?.containers ?? []
    if (!pod || !probe) throw new Error('no pod')
    const pods = [{ ...pod, containers: [{ ...probe, ips: ['10.0.0.1', 'fd00::1'] }] }]
    const records = (families: (4 | 6)[]) =>
      topicOf('the headless name')
        .expect({ ...subject, pods, service: { ...service, families } }, zone)
        .map((each) => each.records)
    assert.deepEqual(records([4]), [['10.0.0.1'], [], 'NXDOMAIN'])
    assert.deepEqual(records([4, 6]), [['10.0.0.1'], ['fd00::1'], 'NXDOMAIN'])
  })

  it('turns an address around', () => {
    assert.equal(reverse('10.96.0.7'), '7.0.96.10.in-addr.arpa')
    assert.equal(reverse('fd00::7'), `7.${'0.'.repeat(29)}d.f.ip6.arpa`)
    assert.deepEqual(
      addresses('n', ['10.0.0.1', 'fd00::1']).map(({ type, records }) => [type, records]),
      [
        ['A', ['10.0.0.1']],
        ['AAAA', ['fd00::1']],
      ],
    )
  })
})

describe('asking until it is right', () => {
  const resolver = { client: probeOf(topology, 'client', 0), server: '10.96.0.10', zone }
  const round = { expect: () => [expect(['10.0.0.1'])], over: ['UDP', 'TCP'] as const }
  const bench = (
    limits: { propagate: number; ttl: number; patience?: number },
    reply: (n: number) => Resolved,
    starved = 0,
  ) => {
    let n = 0
    const asking = async (_probe: unknown, op: string, { questions }: { questions: Question[] }) => {
      if (op === 'starved') return starved
      n += 1
      return questions.map((each) => ({ ...reply(n), question: each }))
    }
    const settings = Settings.parse({ limits: { patience: 200, ...limits } })
    return fakeBench({ topology: { ...topology, settings }, ask: asking })
  }
  const old = answer([record('10.0.0.9', { ttl: 1 })])
  const right = answer([record('10.0.0.1')])

  it('takes the first round that is right in whole, and many more answers after it', async () => {
    const found = await untilAnswered(
      bench({ propagate: 2_000, ttl: 1_000 }, (n) => (n < 3 ? old : right)),
      [resolver],
      round,
      { stale: 'none' },
    )
    assert.equal(found.asked.length, 2 + 2 * Math.ceil(ANSWERS / 2))
    claimAnswers(found.asked, 'x')
    assert.equal(found.latencies.length, 1)
  })

  it('gives a name that stands no second chance once it was right', async () => {
    const { asked } = await untilAnswered(
      bench({ propagate: 5_000, ttl: 1_000 }, (n) => (n === 9 ? old : right)),
      [resolver],
      round,
      { stale: 'none', standing: true },
    )
    assert.throws(() => claimAnswers(asked, 'x'), /2 of 18 answers are wrong/)
  })

  it('lets a change show an old answer after a right round until a cache must have forgotten it, and no longer', async () => {
    const started = performance.now()
    const turning = (until: number) => (n: number) => (n % 9 === 0 && performance.now() - started < until ? old : right)
    const change = { stale: 'any' } as const
    const settled = await untilAnswered(bench({ propagate: 2_000, ttl: 500 }, turning(200)), [resolver], round, change)
    claimAnswers(settled.asked, 'x')
    const liar = bench({ propagate: 100, ttl: 200, patience: 5_000 }, turning(60_000))
    const { asked } = await untilAnswered(liar, [resolver], round, { stale: 'none' })
    assert.throws(() => claimAnswers(asked, 'x'), NonConformance)
    assert.ok(performance.now() - started < 4_000)
  })

  it('leaves out a few questions that got no answer after a right round, and no more', async () => {
    const { rcode: _, ...silent } = answer([], { failure: 'timeout', detail: 'no answer to 4 datagrams' })
    const lossy = (rounds: number) =>
      bench({ propagate: 500, ttl: 500 }, (n) => (n > 1 && n <= 1 + rounds ? silent : right))
    const standing = { stale: 'none', standing: true } as const
    const few = await untilAnswered(lossy(1), [resolver], round, standing)
    claimAnswers(few.asked, 'x')
    assert.equal(few.unanswered, 2)
    const many = await untilAnswered(lossy(2), [resolver], round, standing)
    assert.throws(() => claimAnswers(many.asked, 'x'), /4 of 6 answers are wrong/)
  })

  it('does not wait for silence beside right answers, but for silence alone and for a wrong answer', async () => {
    const { rcode: _, ...silent } = answer([], { failure: 'timeout', detail: 'no answer to 4 datagrams' })
    const rounds = async (first: Resolved, second: Resolved, starved = 0) => {
      let asked = 0
      const { topology: given } = bench({ propagate: 1_000, ttl: 300, patience: 500 }, () => right)
      const mixed = fakeBench({
        topology: given,
        ask: async (_: unknown, op: string, { questions }: { questions: Question[] }) => {
          if (op === 'starved') return starved
          asked += 1
          return questions.map((each, i) => ({ ...(i === 0 ? first : second), question: each }))
        },
      })
      const found = await untilAnswered(mixed, [resolver], round, { stale: 'none' })
      assert.throws(() => claimAnswers(found.asked, 'x'), starved ? Trouble : NonConformance)
      return asked
    }
    assert.equal(await rounds(silent, right), 3)
    assert.ok((await rounds(silent, right, 2_000)) > 3)
    assert.ok((await rounds(silent, silent)) > 3)
    assert.ok((await rounds(silent, old)) > 3)
  })

  it('proves nothing by lost answers alone while a pod had no CPU', async () => {
    const { rcode: _, ...reset } = answer([], { failure: 'reset', detail: 'read ECONNRESET' })
    const limits = { propagate: 1_000, ttl: 300, patience: 500 }
    const busy = await untilAnswered(
      bench(limits, () => reset, 2_800),
      [resolver],
      round,
      { stale: 'none' },
    )
    assert.throws(() => claimAnswers(busy.asked, 'x'), { name: 'Trouble', message: /had no CPU for 2800 ms/ })
    const idle = await untilAnswered(
      bench(limits, () => reset, 400),
      [resolver],
      round,
      { stale: 'none' },
    )
    assert.throws(() => claimAnswers(idle.asked, 'x'), NonConformance)
    const old = answer([record('10.0.0.9')])
    const wrong = await untilAnswered(
      bench(limits, () => old, 2_800),
      [resolver],
      round,
      { stale: 'none' },
    )
    assert.throws(() => claimAnswers(wrong.asked, 'x'), NonConformance)
  })

  it('does not wait for a server that stands and has been silent or refused for limits.patience', async () => {
    const { rcode: _, ...refused } = answer([], { failure: 'refused', detail: 'connect ECONNREFUSED' })
    const begun = performance.now()
    const dead = bench({ propagate: 60_000, ttl: 300, patience: 500 }, () => refused)
    const { asked } = await untilAnswered(dead, [resolver], round, { stale: 'none' })
    assert.throws(() => claimAnswers(asked, 'x'), NonConformance)
    assert.ok(performance.now() - begun < 20_000)
  })

  it('takes a busy machine for no excuse where a control with CPU found the server silent', async () => {
    const { rcode: _, ...silent } = answer([], { failure: 'timeout', detail: 'no answer to 4 datagrams' })
    const limits = { propagate: 60_000, ttl: 300, patience: 500 }
    const { asked } = await untilAnswered(
      bench(limits, () => silent, 2_800),
      [resolver],
      round,
      { stale: 'none' },
    )
    assert.throws(() => claimAnswers(asked, 'x'), NonConformance)
  })

  it('waits for an old answer as long as its TTL lets it live, and no longer', async () => {
    const started = performance.now()
    const found = await untilAnswered(
      bench({ propagate: 200, ttl: 5_000 }, () => old),
      [resolver],
      round,
      { stale: 'any' },
    )
    const took = performance.now() - started
    assert.ok(took > 1_200 && took < 3_000, `${took} ms`)
    assert.throws(() => claimAnswers(found.asked, 'x'), {
      name: 'NonConformance',
      message: /pod client-node-1 on node-1 asked 10\.96\.0\.10 by UDP for A of web.*not expected: 10\.0\.0\.9/,
    })
  })

  it('does not judge a server that is right too late', async () => {
    const started = performance.now()
    const late = bench({ propagate: 200, ttl: 300, patience: 5_000 }, () =>
      performance.now() - started > 600 ? right : old,
    )
    await assert.rejects(untilAnswered(late, [resolver], round, { stale: 'none' }), {
      name: 'Trouble',
      message:
        /cluster DNS gave the right answers only after \d\.\d s, later than limits\.propagate \(0\.2 s\)\. Cluster DNS is slow, so this row is inconclusive\./,
    })
  })

  it('does not judge an answer that may be kept for longer than it waits', async () => {
    const day = answer([record('10.0.0.9', { ttl: 86_400 })])
    const slow = bench({ propagate: 200, ttl: 300 }, () => day)
    await assert.rejects(untilAnswered(slow, [resolver], round, { stale: 'any' }), {
      name: 'Trouble',
      message: /86400 s/,
    })
    const { asked } = await untilAnswered(slow, [resolver], round, { stale: 'negative' })
    assert.throws(() => claimAnswers(asked, 'x'), NonConformance)
  })

  it('keeps who asked with each answer', async () => {
    const all = await ask(
      bench({ propagate: 200, ttl: 300 }, () => right),
      [resolver],
      round,
    )
    assert.deepEqual(
      all.map((each: Asked) => [each.answer.question.over, each.wrong]),
      [
        ['UDP', undefined],
        ['TCP', undefined],
      ],
    )
    assert.throws(() => claimAnswers([], 'x'), /no question was asked/)
  })
})

describe('what an application looks up', () => {
  const client = probeOf(topology, 'client', 0)
  const lookedUp = (silent: number, code = 'EAI_AGAIN', ms = 5) => {
    const ask = async (_client: unknown, _op: string, { names }: { names: string[] }) =>
      names.map((name, i) =>
        names.length > 1 && i < silent ? { name, addresses: [], code, ms } : { name, addresses: ['10.96.0.7'] },
      )
    const limits = { propagate: 100, patience: 100 }
    const work = fakeBench({ topology: { ...topology, settings: { limits } }, ask })
    return lookUp(work, [{ client, server: '10.96.0.10', zone }], () => 'web')
  }

  it('may stay without an answer at times, but not mostly, and never without the name', async () => {
    claimLeads(await lookedUp(5), ['10.96.0.7'], 'the virtual IP')
    // A resolver that got no answer for a while may say so of a name in its search list.
    claimLeads(await lookedUp(1, 'ENOTFOUND', 5_010), ['10.96.0.7'], 'the virtual IP')
    for (const all of [await lookedUp(6), await lookedUp(1, 'ENOTFOUND')])
      assert.throws(() => claimLeads(all, ['10.96.0.7'], 'the virtual IP'), NonConformance)
  })

  it('is not waited for once servers are silent, but as long as they say that there is no such name', async () => {
    const looks = async (code: string) => {
      let asked = 0
      const ask = async (_: unknown, __: string, { names }: { names: string[] }) => {
        asked += 1
        return names.map((name) => ({ name, addresses: [], code }))
      }
      const limits = { propagate: 1_000, patience: 500 }
      const work = fakeBench({ topology: { ...topology, settings: { limits } }, ask })
      const all = await lookUp(work, [{ client, server: '10.96.0.10', zone }], () => 'web')
      assert.throws(() => claimLeads(all, ['10.96.0.7'], 'the virtual IP'), NonConformance)
      return asked
    }
    assert.equal(await looks('EAI_AGAIN'), 3)
    assert.ok((await looks('ENOTFOUND')) > 3)
  })

  const found = (addresses: string[]) => [{ client, name: 'web', addresses }]
  it('leads to the virtual IP and nowhere else', () => {
    claimLeads(found(['10.96.0.7']), ['10.96.0.7'], 'the virtual IP')
    for (const bad of [['10.96.0.8'], ['10.96.0.7', '10.0.0.1'], []]) {
      assert.throws(() => claimLeads(found(bad), ['10.96.0.7'], 'the virtual IP'), NonConformance)
    }
  })

  it('may lead anywhere else from another namespace', () => {
    for (const fine of [['10.0.0.1'], []]) claimLeadsElsewhere(found(fine), ['10.96.0.7'], 'the virtual IP')
    assert.throws(() => claimLeadsElsewhere(found(['10.0.0.1', '10.96.0.7']), ['10.96.0.7'], 'x'), NonConformance)
    assert.throws(() => claimLeadsElsewhere([], ['10.96.0.7'], 'x'), /no name was looked up/)
  })
})

describe('a search list', () => {
  const client = { ...probeOf(topology, 'client', 0), namespace: 'ns' }
  const list = (search: string[], ndots = 5) => [
    { client, hostname: 'web', resolver: { nameservers: ['10.96.0.10'], search, ndots } },
  ]
  const good = ['ns.svc.cluster.test', 'svc.cluster.test', 'cluster.test']
  it('is in order, with what the node adds behind it', () => {
    claimSearch(list(good))
    claimSearch(list([...good, 'example.org']))
  })

  it('is wrong in another order, with a domain missing or before it, of another namespace, or empty', () => {
    const [ns = '', svc = '', top = ''] = good
    for (const bad of [[svc, ns, top], [ns, top, svc], [ns, svc], ['example.org', ...good], [`x${ns}`, svc, top], []]) {
      assert.throws(() => claimSearch(list(bad)), { name: 'NonConformance', message: /on node-1: its search list is/ })
    }
  })

  it('is tried for names with fewer than five dots', () => {
    claimDots(list(good))
    assert.throws(() => claimDots(list(good, 1)), NonConformance)
  })
})

describe('a pod that was rewritten when it was admitted', () => {
  const pod = (spec: object) => ({ metadata: { name: 'p', namespace: 'ns' }, spec: { containers: [], ...spec } })
  it('is told from one that has the configuration of the cluster', () => {
    assert.equal(findRewritten([pod({ dnsPolicy: 'ClusterFirst' }), pod({})]), undefined)
    const lower = { dnsPolicy: 'ClusterFirst', dnsConfig: { options: [{ name: 'ndots', value: '2' }] } }
    assert.match(findRewritten([pod({}), pod(lower)]) ?? '', /pod ns\/p was rewritten.*ndots/)
    assert.match(findRewritten([pod({ dnsPolicy: 'Default' })]) ?? '', /dnsPolicy Default/)
  })

  it('is told from one that has the configuration of its scenario', () => {
    const brings = { nameservers: ['10.96.0.10'], search: ['svc.cluster.test'], ndots: 2 }
    const config = (value: string, nameserver = '10.96.0.10', more: object[] = []) => ({
      nameservers: [nameserver],
      searches: brings.search,
      options: [{ name: 'ndots', value }, ...more],
    })
    const rewritten = (spec: object) => findRewritten([pod(spec)], brings)
    for (const dnsPolicy of ['Default', 'ClusterFirstWithHostNet']) assert.equal(rewritten({ dnsPolicy }), undefined)
    assert.equal(rewritten({ dnsPolicy: 'None', dnsConfig: config('2') }), undefined)
    for (const spec of [
      { dnsPolicy: 'None', dnsConfig: config('3') },
      { dnsPolicy: 'None', dnsConfig: config('2', '169.254.20.10') },
      { dnsPolicy: 'None', dnsConfig: config('2', '10.96.0.10', [{ name: 'edns0' }]) },
      { dnsPolicy: 'Default', dnsConfig: { options: [{ name: 'ndots', value: '2' }] } },
      { dnsPolicy: 'ClusterFirst' },
    ])
      assert.match(rewritten(spec) ?? '', /was rewritten when it was admitted/, JSON.stringify(spec))
  })
})

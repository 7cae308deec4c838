import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type Answer, decode, encode, type OptAnswer, type RecordType } from 'dns-packet'
import { answerTo } from '../../reference/dns/answer.ts'
import { buildZone } from '../../reference/dns/zone.ts'

const metadata = (name: string) => ({ name, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } })
const ports = [
  { name: 'http', port: 80, protocol: 'TCP' },
  { port: 81, protocol: 'TCP' },
]
const endpoint = (place: number, ready = true) => ({ addresses: [`10.244.0.${place}`], conditions: { ready } })
const many = Array.from({ length: 60 }, (_, index) => endpoint(index + 1))

const zone = buildZone(
  [
    { metadata: metadata('web'), spec: { clusterIPs: ['10.96.0.7', 'fd00:10:96::7'], ports } },
    { metadata: metadata('all'), spec: { clusterIPs: ['None'], ports } },
    { metadata: metadata('many'), spec: { clusterIPs: ['None'], ports } },
    { metadata: metadata('none'), spec: { clusterIPs: ['None'], ports } },
    { metadata: metadata('else'), spec: { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' } },
    { metadata: metadata('round'), spec: { type: 'ExternalName', externalName: 'round.shop.svc.cluster.local' } },
  ],
  [
    {
      metadata: metadata('all'),
      ports,
      endpoints: [{ ...endpoint(1), hostname: 'one' }, endpoint(2), endpoint(3, false)],
    },
    { metadata: metadata('many'), ports, endpoints: many },
    { metadata: metadata('none'), ports, endpoints: [endpoint(4, false)] },
  ],
)

const options: OptAnswer = {
  ...{
    type: 'OPT',
    name: '.',
    udpPayloadSize: 0,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  },
}

function ask(type: RecordType, name: string, overTcp = false) {
  const answered = answerTo(encode({ type: 'query', id: 7, questions: [{ type, name }] }), zone, overTcp)
  assert.ok(answered)
  return decode(answered) as ReturnType<typeof decode> & { rcode: string; answers: Answer[] }
}

const dataOf = ({ answers }: { answers: Answer[] }) => answers.map((each) => ('data' in each ? each.data : undefined))
const service = (name: string) => `${name}.shop.svc.cluster.local`

suite('the names of a reference cluster', () => {
  test('a Service has its addresses, its named ports, and the way back', () => {
    assert.deepEqual(dataOf(ask('A', service('web'))), ['10.96.0.7'])
    assert.deepEqual(dataOf(ask('AAAA', service('WEB'))), ['fd00:10:96::7'])
    assert.deepEqual(dataOf(ask('PTR', '7.0.96.10.in-addr.arpa')), [service('web')])
    const reverse = `7.${'0.'.repeat(19)}6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa`
    assert.deepEqual(dataOf(ask('PTR', reverse)), [service('web')])
    const [target] = dataOf(ask('SRV', `_http._tcp.${service('web')}`))
    assert.deepEqual(target, { priority: 0, weight: 100, port: 80, target: service('web') })
    assert.equal(ask('SRV', `_._tcp.${service('web')}`).rcode, 'NXDOMAIN')
  })

  test('a headless one has its ready endpoints, each with a name', () => {
    assert.deepEqual(dataOf(ask('A', service('all'))).sort(), ['10.244.0.1', '10.244.0.2'])
    assert.deepEqual(dataOf(ask('A', `one.${service('all')}`)), ['10.244.0.1'])
    assert.deepEqual(dataOf(ask('A', `10-244-0-2.${service('all')}`)), ['10.244.0.2'])
    assert.equal(ask('SRV', `_http._tcp.${service('all')}`).answers.length, 2)
    assert.equal(ask('A', service('none')).rcode, 'NXDOMAIN')
  })

  test('another name stands for it, and never for ever', () => {
    assert.deepEqual(dataOf(ask('A', service('else'))), [service('web'), '10.96.0.7'])
    assert.ok(ask('A', service('round'), true).answers.length > 0)
  })

  test('what is not there is told apart from what has no such record', () => {
    const [missing, other] = [ask('A', service('no')), ask('TXT', service('web'))]
    assert.deepEqual([missing.rcode, other.rcode], ['NXDOMAIN', 'NOERROR'])
    for (const { authorities = [] } of [missing, other]) assert.equal(authorities[0]?.type, 'SOA')
    assert.equal(ask('A', 'shop.svc.cluster.local').rcode, 'NOERROR')
    assert.equal(ask('A', 'example.com').rcode, 'NXDOMAIN')
  })

  test('an answer that is too long for a datagram is cut short, and whole over TCP', () => {
    assert.deepEqual([ask('A', service('many')).flag_tc, ask('A', service('many')).answers.length], [true, 0])
    assert.equal(ask('A', service('many'), true).answers.length, 60)
  })

  test('a client that speaks EDNS gets it in one datagram, with each name written once', () => {
    const asked = (udpPayloadSize: number) => {
      const questions = [{ type: 'A' as const, name: service('MANY') }]
      return answerTo(
        encode({ type: 'query', id: 7, questions, additionals: [{ ...options, udpPayloadSize }] }),
        zone,
        false,
      )
    }
    const whole = asked(1232) ?? Buffer.alloc(0)
    assert.ok(whole.length > 512 && whole.length <= 1232, `${whole.length} bytes`)
    const { answers = [], flag_tc, additionals = [] } = decode(whole)
    assert.deepEqual([flag_tc, answers.length, additionals[0]?.type], [false, 60, 'OPT'])
    assert.ok(answers.every(({ name }) => name === service('MANY')))
    assert.equal(decode(asked(600) ?? Buffer.alloc(0)).flag_tc, true)
  })

  test('nonsense gets no answer', () => {
    assert.equal(answerTo(Buffer.from('GET / HTTP/1.1'), zone, true), undefined)
  })
})

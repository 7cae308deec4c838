import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { targetOf } from '../../contract/conversation.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import { quantiles } from '../../contract/quantiles.ts'
import type { Group, Outcome } from '../../probe/protocol.ts'
import type { Answer } from '../../promises/names/lookup.ts'
import { draw } from '../../promises/replacement/chart.ts'
import { claimLoss, claimNoneLate, claimOneBackend, lossOf } from '../../promises/replacement/claims.ts'
import { changes, endpointStates, type States } from '../../promises/replacement/journal.ts'
import { latenciesOf } from '../../promises/replacement/latency.ts'
import { claimNameKept } from '../../promises/replacement/name-kept.ts'
import type { Replacement, Style } from '../../promises/replacement/replace.ts'
import type { Change, Event, Request, Timeline, Way } from '../../promises/replacement/timeline.ts'
import { conditionsOf } from '../../promises/services/conditions.ts'
import { judge, type Kept, type Rule } from '../../promises/services/convergence.ts'
import { tellSlow, tellStuck } from '../../promises/services/convergence-messages.ts'
import { claimNoBackendAnswers } from '../../promises/services/deleted.ts'
import { fakeTopology, probeOf } from './fake.ts'

const topology = fakeTopology(2)
const client = probeOf(topology, 'client', 1)
const old = topology.pods.filter(({ role }) => role === 'server').slice(0, 1)
const fresh = topology.pods.filter(({ role }) => role === 'server').slice(1)
const [was, is] = ['uid-server-node-1', 'uid-server-node-2']

const outcome = (by: string | undefined, more: Partial<Outcome> = {}): Outcome => ({
  dial: { protocol: 'TCP', host: '10.96.0.9', port: 7000, deadline: 1000 },
  ...(by && {
    server: {
      local: { ip: '10.244.1.11', port: 7000 },
      peer: { ip: '10.244.2.10', port: 40_000 },
      identity: { uid: by, pod: by.slice(4), container: 'app', node: 'n' },
    },
  }),
  ...more,
})

const request = (at: number, way: Way, by: string | undefined, more: Partial<Outcome> = {}): Request => ({
  at,
  took: 5,
  heard: at + 5,
  way,
  client,
  ...(by !== undefined && { by }),
  ...(more.failure && { failure: more.failure }),
  outcome: outcome(by, more),
})

const event = (at: number, uid: string, change: Change): Event => ({ at, uid, pod: uid.slice(4), change })

const EVENTS = [
  event(0, was, 'listed'),
  event(100, is, 'ready'),
  event(150, is, 'listed'),
  event(200, was, 'terminated'),
  event(210, was, 'listed, terminating'),
  event(400, was, 'gone'),
]

const replacement = (requests: Request[], manner: Style['manner'] = 'gracefully', events = EVENTS): Replacement => ({
  style: { order: 'one by one', manner },
  old,
  fresh,
  timeline: { length: 1000, requests, events, asked: new Map([[was, 190]]) },
  followed: { kept: [], tookMs: 0 },
})
const timeline = (...requests: Request[]): Timeline => replacement(requests).timeline

const breaks = (claim: () => void, words: RegExp) =>
  assert.throws(claim, (error) => error instanceof NonConformance && words.test(error.message))
const troubles = (claim: () => void, words: RegExp) =>
  assert.throws(claim, (error) => error instanceof Trouble && words.test(error.message))

describe('a late answer', () => {
  const early = request(300, 'TCP', was)
  const good = request(500, 'TCP', is)

  it('is one that was asked for after its pod was gone', () => {
    claimNoneLate(replacement([early, good]), 300)
    breaks(
      () => claimNoneLate(replacement([early, request(500, 'UDP', was)]), 300),
      /UDP from client-node-2 on node-2.*by server-node-1.*0\.1 s after/,
    )
  })

  it('is forgiven for a moment where the pod was removed by force', () => {
    claimNoneLate(replacement([request(500, 'TCP', was)], 'by force'), 300)
    breaks(() => claimNoneLate(replacement([request(800, 'TCP', was)], 'by force'), 300), /server-node-1/)
  })

  it('cannot be told where nobody talked, or nobody left', () => {
    troubles(() => claimNoneLate(replacement([early]), 300), /no client sent a request after/)
    troubles(
      () => claimNoneLate(replacement([good], 'gracefully', []), 300),
      /the end of pod server-node-1 was not observed/,
    )
  })
})

describe('a connection that lives long', () => {
  const over = (at: number, by: string, port: number, opened = false) =>
    request(at, 'one TCP connection', by, {
      client: { local: { ip: '10.244.2.10', port }, remote: { ip: '10.96.0.9', port: 7000 } },
      ...(opened && { connectMs: 1 }),
    })

  it('may end, and be opened again elsewhere, even from the same port', () => {
    claimOneBackend(timeline(over(0, was, 1, true), over(1, was, 1), over(2, is, 2, true), over(3, was, 1, true)))
  })

  it('is not taken over by another pod', () => {
    breaks(() => claimOneBackend(timeline(over(0, was, 1, true), over(1, is, 1))), /node-2.*began with server-node-1/)
  })

  it('must have been there', () => {
    assert.throws(
      () => claimOneBackend(timeline(request(0, 'TCP', was))),
      /no client sent a request by one TCP connection/,
    )
    const mute = request(0, 'one TCP connection', undefined, { failure: 'refused' })
    troubles(() => claimOneBackend(timeline(mute)), /no long-lived/)
  })
})

describe('loss', () => {
  const good = request(100, 'TCP', is)
  const bad = request(410, 'UDP', undefined, { failure: 'timeout', detail: 'none answered' })

  it('of requests that timed out while a probe had no CPU proves nothing, and any other loss does', () => {
    const without = (share: number) => ({
      starved: new Map([[bad.client.uid, { pod: 'observer', ms: share * bad.outcome.dial.deadline }]]),
    })
    const busy = without(0.9)
    troubles(() => claimLoss({ ...timeline(good, bad), ...busy }, 0), /Probe observer had no CPU for \d+ ms/)
    const idle = without(0.5)
    breaks(() => claimLoss({ ...timeline(good, bad), ...idle }, 0), /UDP from client-node-2/)
    const refused = request(420, 'TCP', undefined, { failure: 'refused' })
    breaks(() => claimLoss({ ...timeline(good, bad, refused), ...busy }, 0), /UDP from client-node-2/)
  })

  it('is counted against the budget, and told with what happened before it', () => {
    claimLoss(timeline(good), 0)
    claimLoss(timeline(good, bad), 1)
    breaks(
      () => claimLoss(timeline(good, bad), 0),
      /UDP from client-node-2 on node-2.*after server-node-1 was gone\n1 of 2 .*node-2/,
    )
  })

  it('is no verdict where the control failed at the same moment', () => {
    const control = request(410, 'direct', undefined, { failure: 'timeout' })
    troubles(() => claimLoss(timeline(bad, control), 0), /own address/)
    breaks(() => claimLoss(timeline(bad, { ...control, at: 200 }), 0), /lost/)
  })

  it('on a connection counts until the backend that it began with is asked to end', () => {
    const client = { local: { ip: '10.244.2.10', port: 1 }, remote: { ip: '10.96.0.9', port: 7000 } }
    const kept = (at: number, by: string | undefined, more: Partial<Outcome>) =>
      request(at, 'one TCP connection', by, { client, ...more })
    const begun = (by: string) => kept(0, by, { connectMs: 1 })
    const broken = (at: number) => kept(at, undefined, { failure: 'reset' })
    breaks(() => claimLoss(timeline(good, begun(is), broken(300)), 0), /one TCP connection from client-node-2.*reset/)
    breaks(() => claimLoss(timeline(good, begun(was), broken(100)), 0), /reset/)
    claimLoss(timeline(good, begun(was), broken(188)), 0)
    breaks(() => claimLoss(timeline(good, begun(is), kept(300, undefined, { failure: 'timeout' })), 0), /timeout/)
    claimLoss(timeline(good, broken(300)), 0)
    claimLoss(timeline(good, begun(is), kept(300, undefined, { failure: 'refused', connectMs: 1 })), 0)
  })

  it('of a connection whose backend ended is none', () => {
    claimLoss(timeline(good, request(1, 'one TCP connection', undefined, { failure: 'closed' })), 0)
    assert.throws(() => claimLoss(timeline(), 0), /no client sent a request by TCP or UDP/)
    assert.deepEqual(lossOf(timeline(good, bad)), { TCP: { answered: 1 }, UDP: { timeout: 1 } })
  })
})

describe('what a Service has come to', () => {
  const to = { ...targetOf(probeOf(topology, 'server', 0)), by: [{ uid: was }, { uid: is }] }
  const planned = { from: client, to, dial: outcome(undefined).dial }
  const group = (count: number, by: string | undefined, more: Partial<Outcome> = {}): Group => ({
    count,
    example: outcome(by, more),
  })
  const against = (rule: Rule, ...groups: Group[]) => judge({ planned, rule }, groups)?.example

  it('is judged by who answers and who does not', () => {
    const both = [group(20, was), group(20, is)]
    assert.equal(against('each', ...both), undefined)
    assert.match(against('each', group(40, was))?.detail ?? '', /never answered by uid-server-node-2/)
    assert.equal(against('some', group(40, was)), undefined)
    assert.equal(against('each', ...both, group(1, 'uid-foreign'))?.server?.identity.uid, 'uid-foreign')
    assert.equal(against('each', ...both, group(1, undefined, { failure: 'timeout' }))?.failure, 'timeout')
    assert.equal(against('none', group(40, undefined, { failure: 'refused' }), group(1, 'uid-foreign')), undefined)
    assert.equal(against('none', group(40, undefined, { failure: 'refused' }), group(1, is))?.server?.identity.uid, is)
  })

  const stuck: Kept = {
    planned,
    rule: 'each',
    tookMs: undefined,
    against: group(12, undefined, { failure: 'timeout' }),
  }
  const other: Kept = { ...stuck, planned: { ...planned, from: probeOf(topology, 'client', 0) }, tookMs: 1_200 }

  it('tells a proxy that is stuck from one that is slow', () => {
    const error = tellStuck([other, stuck], 45_000)
    assert.ok(error instanceof NonConformance)
    assert.match(error.message, /from client-node-2 on node-2.*12 conversations failed: timeout, still after 45 s/)
    assert.match(error.message, /The Service did not follow on node-2\. It followed on node-1 within 1\.2 s/)
    const slow = tellSlow([other, { ...stuck, tookMs: 38_000 }], 30_000)
    assert.ok(slow instanceof Trouble)
    assert.match(slow.message, /only after 38 s.*node-2 is slow/)
  })

  it('is no verdict where a control fails', () => {
    assert.ok(tellStuck([{ ...stuck, control: true }, stuck], 45_000) instanceof Trouble)
  })
})

describe('a name', () => {
  const told = (addresses: string[], code?: string): Answer => ({
    client,
    name: 'web.',
    addresses,
    ...(code && { code }),
  })
  const good = told(['10.96.0.9'])

  it('leads to one address all the time', () => {
    claimNameKept([good, good, told([], 'no answer within 12 s')], ['10.96.0.9'])
    breaks(
      () => claimNameKept([good, told(['10.96.0.10'])], ['10.96.0.9']),
      /node-2.*got 10\.96\.0\.10, not 10\.96\.0\.9/,
    )
    breaks(() => claimNameKept([good, told(['10.96.0.9', '10.244.1.2'])], ['10.96.0.9']), /10\.244\.1\.2/)
    breaks(() => claimNameKept([good, told([], 'ENOTFOUND')], ['10.96.0.9']), /no such name/)
    troubles(() => claimNameKept([told([], 'EAI_AGAIN')], ['10.96.0.9']), /got no address/)
    assert.throws(() => claimNameKept([], ['10.96.0.9']))
  })
})

describe('a deleted Service', () => {
  const to = targetOf(probeOf(topology, 'server', 0))
  const seen = (by: string | undefined, more: Partial<Outcome> = {}) => ({
    from: client,
    to,
    outcome: outcome(by, more),
  })

  it('may be answered by anybody but its backends', () => {
    claimNoBackendAnswers([seen(undefined, { failure: 'timeout' }), seen('uid-foreign')], 'deleted')
    breaks(
      () => claimNoBackendAnswers([seen('uid-foreign'), seen(was)], 'deleted'),
      /deleted: answered by server-node-1.*\n.*from node-2/,
    )
    assert.throws(() => claimNoBackendAnswers([], 'deleted'), /no client asked/)
  })
})

describe('conditions of an endpoint', () => {
  it('mean what the API says where they are not set', () => {
    const slice = (conditions: object) => ({
      addressType: 'IPv4',
      endpoints: [{ addresses: [], targetRef: { uid: was }, conditions }],
    })
    const ending = { ready: false, serving: true, terminating: true }
    assert.deepEqual(conditionsOf([slice(ending), slice({})], was), [
      ending,
      { ready: true, serving: true, terminating: false },
    ])
    assert.deepEqual(conditionsOf([slice({ ready: false })], was), [
      { ready: false, serving: false, terminating: false },
    ])
    assert.deepEqual(conditionsOf([slice({})], is), [])
  })
})

describe('the journal', () => {
  it('notes what changed between two moments', () => {
    const before: States = new Map([
      ['a', { pod: 'a', state: 'ready' }],
      ['b', { pod: 'b', state: 'ready' }],
    ])
    const now: States = new Map([
      ['b', { pod: 'b', state: 'created' }],
      ['c', { pod: 'c', state: 'created' }],
    ])
    const found = changes(before, now, 'gone', 7).map(({ uid, change }) => `${uid} ${change}`)
    assert.deepEqual(found, ['b not ready', 'c created', 'a gone'])
  })

  it('reads the conditions of endpoints', () => {
    const endpoint = (uid: string, conditions: object) => ({ addresses: [], targetRef: { uid, name: uid }, conditions })
    const endpoints = [
      endpoint('a', { ready: true }),
      endpoint('b', { ready: false, serving: true, terminating: true }),
      endpoint('c', { ready: false }),
      endpoint('d', {}),
    ]
    const states = endpointStates([{ addressType: 'IPv4', endpoints }])
    assert.deepEqual(
      [...states.values()].map(({ state }) => state),
      ['listed', 'listed, terminating', 'listed, not ready', 'listed'],
    )
  })
})

describe('the timeline', () => {
  it('gives latencies with their counts', () => {
    const found = latenciesOf(
      replacement([
        request(90, 'TCP', was, { connectMs: 2 }),
        request(180, 'TCP', is, { connectMs: 4 }),
        request(250, 'UDP', was),
        request(300, 'direct', is, { connectMs: 1 }),
      ]),
    )
    assert.deepEqual([found.readyToFirst?.p50, found.unlistedToLast?.p50], [85, 40])
    assert.deepEqual([found.connectVip?.count, found.connectDirect?.p50], [2, 1])
    assert.equal(quantiles([]), undefined)
  })

  it('is drawn with a lane for each pod and what was lost', () => {
    const bad = request(410, 'UDP', undefined, { failure: 'timeout' })
    const text = draw(timeline(request(100, 'TCP', is), request(101, 'TCP', is), bad))
    assert.match(text, /^node-1 .*L.*t.*U.*x/m)
    assert.match(text, /answered +·+2·/)
    assert.match(text, /^lost UDP .*1/m)
  })
})

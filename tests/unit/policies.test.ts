import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { foreignPolicies } from '../../cluster/site/policies.ts'
import { findPolicing } from '../../cluster/site/policing.ts'
import type { Workbench } from '../../cluster/workbench.ts'
import { targetOf } from '../../contract/conversation.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import { RUN } from '../../contract/labels.ts'
import { Settings } from '../../contract/settings.ts'
import type { Capability } from '../../contract/topology.ts'
import { opened } from '../../fixtures/policed.ts'
import { SYSTEM } from '../../probe/ports.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import { Paths } from '../../promises/conversations/paths.ts'
import { claimDenied, untilDecided } from '../../promises/policies/enforce.ts'
import { causesOf } from '../../reports/causes/causes.ts'
import { fakeTopology, flow, probeOf } from './fake.ts'

const base = fakeTopology(2)
const [from, to] = [probeOf(base, 'client', 0), probeOf(base, 'server', 1)]
const lost = flow(from, to, (outcome) => {
  delete outcome.server
  outcome.failure = 'timeout'
})
const answered = flow(from, to)

describe('a denied conversation', () => {
  it('is one that fails, and not one that is answered', () => {
    claimDenied([lost, { ...lost, outcome: { ...lost.outcome, failure: 'refused' } }])
    assert.throws(
      () => claimDenied([lost, answered]),
      (error: unknown) =>
        error instanceof NonConformance &&
        /was answered by server-node-2\/app, although the policies deny it/.test(error.violation.actual) &&
        /^1 of 2 conversations were not denied/.test(error.violation.where ?? ''),
    )
    for (const failure of ['dns', 'closed', 'foreign'] as const)
      assert.throws(() => claimDenied([{ ...lost, outcome: { ...lost.outcome, failure } }]), NonConformance)
  })

  it('proves nothing while its probes have no CPU', () => {
    assert.throws(() => claimDenied([{ ...lost, lateMs: 900 }]), Trouble)
    claimDenied([lost, { ...lost, lateMs: 900 }])
    assert.throws(() => claimDenied([]), /no conversation was observed/)
  })

  it('of which the SYN has no answer needs no CPU of its probes, but a datagram does', () => {
    const { client: _, ...unanswered } = lost.outcome
    const syn = { ...lost, outcome: unanswered, lateMs: 900 }
    claimDenied([syn])
    const datagram = { ...syn, outcome: { ...unanswered, dial: { ...unanswered.dial, protocol: 'UDP' as const } } }
    assert.throws(() => claimDenied([datagram]), Trouble)
  })

  it('takes its local port in turn by UDP: a node lets a 4-tuple pass that was answered before the policies', () => {
    const dialable = { client: from, to: targetOf(to), ip: to.ips[0] ?? '', ports: to.ports }
    const portsOf = (as: 'denied' | 'allowed') =>
      opened({ limits: base.settings.limits }, [dialable], ['TCP', 'UDP'], as).map(({ dial }) => dial.localPorts)
    assert.deepEqual(portsOf('denied'), [undefined, SYSTEM])
    assert.deepEqual(portsOf('allowed'), [undefined, undefined])
  })

  it('is no path that is intact or broken', () => {
    const paths = new Paths()
    const denied = { ...answered.outcome, dial: { ...answered.outcome.dial, denied: true as const } }
    paths.hear(from, 'dial', [denied, answered.outcome])
    const broken = new NonConformance({ expected: 'x', actual: 'y', outcomes: [denied] })
    assert.deepEqual(
      paths.counted(base, [answered], broken).map(({ count, effect }) => [count, effect]),
      [[1, 'ok']],
    )
  })

  it('that is answered is the trouble of the policy engine', () => {
    const violation = { expected: 'x', actual: 'TCP on node-1 was answered', where: '1 of 2 conversations' }
    const evidence = { violation, flows: [], flowsBroken: 0, flowsTotal: 0, paths: [] }
    const row = { id: 'NP02', row: '', title: 't', status: 'failed', evidence, because: '' }
    const [cause] = causesOf([row as unknown as Parameters<typeof causesOf>[0][number]], ['node-1', 'node-2'])
    assert.equal(cause?.kind, 'policies')
    assert.deepEqual(cause?.nodes, ['node-1'])
  })
})

describe('the wait for policies', () => {
  const within = (propagate: number) => {
    const limits = { ...Settings.parse({}).limits, propagate, patience: 100 }
    return { ...base, settings: { ...base.settings, limits } }
  }
  const planned = (denied: boolean, port: number) => ({
    from,
    to: targetOf(to),
    dial: {
      protocol: 'TCP' as const,
      host: '10.0.0.1',
      port,
      deadline: 1_000,
      ...(denied && { denied: true as const }),
    },
  })
  const [deny, allow] = [[planned(true, 1)], [planned(false, 2)]]

  /** Waits on a network that answers these dials; `n` counts the rounds. Each probe was without CPU for so long. */
  const wait = (answers: (dial: Dial, n: number) => boolean, lateMs = 0, propagate = 150) => {
    let n = 0
    const bench = {
      topology: within(propagate),
      ask: async () => lateMs,
      dial: async (_: unknown, dials: Dial[]): Promise<Outcome[]> => {
        n++
        return dials.map((dial) => ({
          ...(answers(dial, n) ? answered.outcome : { failure: 'timeout' as const }),
          dial,
        }))
      },
    } as unknown as Workbench
    return untilDecided(bench, { denied: deny, allowed: allow })
  }

  it('ends when every conversation is as they decide', async () => {
    assert.ok((await wait((dial, n) => !dial.denied || n < 2, 0, 60_000)) >= 0)
  })

  it('finds a policy that never has its effect, and one that denies too much', async () => {
    await assert.rejects(
      wait(() => true),
      /Expected: the policies deny the conversation/,
    )
    await assert.rejects(
      wait(() => false),
      /Expected: the policies let the conversation pass/,
    )
  })

  it('finds nothing while the machine is too busy', async () => {
    await assert.rejects(
      wait(() => false, 900),
      Trouble,
    )
  })
})

describe('the search for a policy engine', () => {
  const address = (name: string) => `10.0.0.${name.at(-1)}`
  const running = (name: string) => ({
    metadata: { name, uid: name, namespace: 'n', labels: {} },
    spec: { nodeName: 'node-1', containers: [{ name: 'app' }] },
    status: {
      ...{ phase: 'Running', podIPs: [{ ip: address(name) }], podIP: address(name) },
      containerStatuses: [{ name: 'app', ready: true, started: true, state: { running: {} } }],
    },
  })

  /** A conversation between two of the pods: the first two have no policy, the others are those that it selects, one on each node. */
  interface Asked {
    from: number
    to: number
    /** How often it was opened before. */
    n: number
    deadline: number
  }
  const isControl = ({ from, to }: Asked) => from <= 2 && to <= 2

  /** Searches on a network of two nodes that answers these conversations. */
  const search = (create: () => Promise<unknown>, answers: (asked: Asked) => boolean = () => true, isSure = false) => {
    const pods: string[] = []
    const rounds = new Map<string, number>()
    const api = {
      core: {
        createNamespacedPod: async ({ body }: { body: { metadata: { name: string } } }) => {
          pods.push(body.metadata.name)
        },
        deleteNamespacedPod: async () => undefined,
        listNamespacedPod: async () => ({ metadata: { resourceVersion: '1' }, items: pods.map(running) }),
      },
      networking: { createNamespacedNetworkPolicy: create, deleteNamespacedNetworkPolicy: async () => undefined },
    } as unknown as KubeApi
    const streams = {
      ask: async ({ pod }: { pod: string }, _op: unknown, { dials: [dial] }: { dials: [Dial] }) => {
        const [from, to] = [Number(pod.at(-1)), Number(dial.host.at(-1))]
        const n = rounds.get(`${from} ${to}`) ?? 0
        rounds.set(`${from} ${to}`, n + 1)
        const isAnswered = answers({ from, to, n, deadline: dial.deadline })
        return [{ ...(isAnswered ? answered.outcome : { failure: 'timeout' as const }), dial }]
      },
    }
    return findPolicing({
      ...{
        api,
        streams: streams as never,
        namespace: 'n',
        nodes: fakeTopology(2).nodes,
        limits: Settings.parse({}).limits,
      },
      context: { run: 'r', image: 'i', pods: Settings.parse({}).pods },
      engine: { cni: 'calico', ms: 1, isSure },
    })
  }
  const made = async () => undefined

  it('finds an engine that works on one node alone, or in one direction alone', async () => {
    const only: ((asked: Asked) => boolean)[] = [
      ({ from, to }) => [from, to].includes(3),
      ({ from, to }) => [from, to].includes(4),
      ({ to }) => to >= 3,
      ({ from }) => from >= 3,
    ]
    for (const isDenied of only)
      assert.deepEqual(await search(made, (asked) => asked.n === 0 || !isDenied(asked)), { has: true })
    assert.equal((await search(made, ({ n }) => n !== 1)).has, false, 'one time-out')
  })

  it('gives the pods that no policy selects all the time of a dial', async () => {
    const { dial } = Settings.parse({}).limits
    const found = await search(made, (asked) => (isControl(asked) ? asked.deadline >= dial : asked.n === 0))
    assert.deepEqual(found, { has: true })
  })

  it('says that no policy has an effect, which is no excuse for a network that has an engine', async () => {
    const found = await search(made)
    assert.ok(!found.has && !found.broken)
    assert.match(found.because, /^nobody enforces policies here: a NetworkPolicy had no effect in/)
    const sure = await search(made, () => true, true)
    assert.ok(!sure.has && sure.broken)
    assert.match(sure.because, /^a NetworkPolicy had no effect in .*, although calico has a policy engine$/)
  })

  it('says that it cannot find out, and does not guess', async () => {
    const unknown = 'it could not be found out whether this cluster enforces NetworkPolicies:'
    const forbidden = Object.assign(new Error(), { code: 403, body: { message: 'you may not' } })
    assert.deepEqual(await search(() => Promise.reject(forbidden)), { has: false, because: `${unknown} you may not` })

    const failed: [Promise<Capability>, RegExp][] = [
      [search(() => Promise.reject(new Error('cut off'))), /cut off$/],
      [search(made, () => false), /without a policy, .* does not answer$/],
      [search(made, ({ n }) => n === 0), /a pod that it does not select does not answer$/],
    ]
    for (const [search, why] of failed) {
      const found = await search
      assert.ok(!found.has && found.broken, why.source)
      assert.match(found.because, why)
      assert.ok(found.because.startsWith(unknown))
    }
  })
})

describe('foreign policies', () => {
  it('are those without the label of the run', async () => {
    const item = (name: string, labels?: object) => ({ metadata: { name, namespace: 'n', labels } })
    const items = [item('own', { [RUN]: 'r' }), item('other', { [RUN]: 'q' }), item('theirs')]
    const api = { networking: { listNamespacedNetworkPolicy: async () => ({ items }) } } as unknown as KubeApi
    assert.deepEqual(await foreignPolicies(api, ['n'], 'r'), ['n/other', 'n/theirs'])
  })
})

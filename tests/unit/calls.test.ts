import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { doing, Presence, worded } from '../../cluster/kube/calls.ts'
import { apiProblem, isCode } from '../../cluster/kube/trouble.ts'

describe('a call of the API', () => {
  it('is said in words, by the name of its method', () => {
    const said = [
      doing('createNamespacedPod', { namespace: 'ns', body: { metadata: { name: 'web' } } }),
      doing('createNamespace', { body: { metadata: { name: 'ns' } } }),
      doing('readNamespacedConfigMap', { namespace: 'ns', name: 'ca' }),
      doing('listNode'),
      doing('listServiceForAllNamespaces'),
      doing('listNamespacedNetworkPolicy', { namespace: 'ns' }),
      doing('deleteCollectionNamespacedPod', { namespace: 'ns' }),
      doing('getCode'),
    ]
    assert.deepEqual(said, [
      'create pod web in namespace ns',
      'create namespace ns',
      'read ConfigMap ca in namespace ns',
      'list nodes',
      'list Services',
      'list NetworkPolicies in namespace ns',
      'delete pods in namespace ns',
      'ask the API server (getCode)',
    ])
  })

  const failing = (error: object) =>
    worded(
      { createNamespacedService: async (_: object): Promise<string> => Promise.reject(error) },
      'https://api',
      new Presence(),
    )
  const request = { namespace: 'ns', body: { metadata: { name: 'web' } } }

  it('that fails says what it was doing, and keeps the API’s own words and code', async () => {
    const body = JSON.stringify({ reason: 'Forbidden', message: 'exceeded quota: services' })
    const error = await failing({ code: 403, body })
      .createNamespacedService(request)
      .catch((thrown: Error) => thrown)
    assert.ok(error instanceof Error)
    assert.equal(error.name, 'Trouble')
    assert.equal(
      error.message,
      'could not create Service web in namespace ns: a quota is exhausted: exceeded quota: services',
    )
    assert.ok(isCode(error, 403))
    assert.equal(apiProblem(error)?.reason, 'Forbidden')
    assert.equal(apiProblem(AbortSignal.abort(new DOMException('late', 'TimeoutError')).reason), undefined)
  })

  it('that gets no answer says which server does not answer', () =>
    assert.rejects(
      failing(Object.assign(new Error('x'), { cause: { code: 'ECONNREFUSED' } })).createNamespacedService(request),
      {
        name: 'Trouble',
        message: 'the API server at https://api cannot be reached (ECONNREFUSED).',
      },
    ))

  it('that succeeds gives what the client gives', async () =>
    assert.equal(await worded({ readNamespace: async () => 'ns' }, '', new Presence()).readNamespace(), 'ns'))
})

describe('a call to a busy API server', () => {
  const busy = (code: number, headers: Record<string, string>) =>
    Object.assign(new Error('busy'), { code, headers, body: '{}' })
  const server = (...errors: Error[]) => {
    let asked = 0
    const client = {
      listNode: async () => {
        const error = errors[asked++]
        if (error) throw error
        return asked
      },
    }
    return { client: worded(client, 'https://x', new Presence()), asked: () => asked }
  }

  it('is sent again if the server asks for it, and so many times at the most', async () => {
    const refused = [busy(429, { 'retry-after': '0' }), busy(503, { 'retry-after': '0' })]
    assert.equal(await server(...refused).client.listNode(), 3)
    const never = server(...Array<Error>(100).fill(busy(429, { 'retry-after': '0' })))
    await assert.rejects(never.client.listNode(), { name: 'Trouble' })
    assert.equal(never.asked(), 11)
  })

  it('is sent once if the server does not ask for it', async () => {
    for (const error of [busy(429, {}), busy(404, { 'retry-after': '0' }), new Error('reset')]) {
      const once = server(error)
      await assert.rejects(once.client.listNode(), { name: 'Trouble' })
      assert.equal(once.asked(), 1)
    }
  })
})

describe('a call to an API server that is being restarted', () => {
  const refused = Object.assign(new Error('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
  const cut = Object.assign(new Error('fetch failed'), { cause: { code: 'ECONNRESET' } })
  const server = (presence: Presence, ...errors: Error[]) => {
    let asked = 0
    const answer = async () => {
      const error = errors[asked++]
      if (error) throw error
      presence.answered()
      return asked
    }
    return worded({ createNamespace: answer, listNode: answer, deleteNamespace: answer }, 'https://x', presence)
  }
  const present = () => {
    const presence = new Presence()
    presence.answered()
    return presence
  }

  it('is sent again while connections are refused, if the server has answered before', async () => {
    assert.equal(await server(present(), refused).createNamespace(), 2)
    await assert.rejects(server(new Presence(), refused).createNamespace(), /cannot be reached \(ECONNREFUSED\)/)
  })

  it('that was cut off is sent again only if it may be sent twice', async () => {
    assert.equal(await server(present(), cut).listNode(), 2)
    assert.equal(await server(present(), cut).deleteNamespace(), 2)
    await assert.rejects(server(present(), cut).createNamespace(), /cannot be reached \(ECONNRESET\)/)
  })

  it('that failed at the server is sent again only if it may be sent twice', async () => {
    const failed = Object.assign(new Error('x'), { code: 500, body: '{"message":"etcdserver: request timed out"}' })
    assert.equal(await server(present(), failed, failed).listNode(), 3)
    await assert.rejects(server(present(), failed).createNamespace(), /etcdserver: request timed out$/)
    await assert.rejects(server(present(), ...Array(9).fill(failed)).listNode(), /etcdserver: request timed out$/)
  })

  /** Creates an object of a run at a server that fails once. `effect`: what exists by then. */
  const createOwn = (method: 'createNamespacedPod' | 'createNamespace', error: Error, effect?: object) => {
    const metadata = { name: 'web', labels: { 'flatnet/run': 'r1' } }
    let asked = 0
    const create = async (_: object): Promise<unknown> => {
      if (asked++ === 0) throw error
      if (effect) throw Object.assign(new Error('x'), { code: 409, body: '{"message":"web already exists"}' })
      return 'created'
    }
    const read = async ({ name, namespace }: { name?: string; namespace?: string }) => ({ name, namespace, ...effect })
    const client = {
      createNamespacedPod: create,
      createNamespace: create,
      readNamespacedPod: read,
      readNamespace: read,
    }
    return worded(client, 'https://x', present())[method]({ namespace: 'ns', body: { metadata } })
  }
  const failed = Object.assign(new Error('x'), { code: 500, body: '{"message":"etcdserver: request timed out"}' })

  it('that creates an object of a run is sent again, and finds what the first one has created', async () => {
    const own = { metadata: { labels: { 'flatnet/run': 'r1' } } }
    for (const error of [cut, failed]) {
      assert.equal(await createOwn('createNamespace', error), 'created')
      assert.deepEqual(await createOwn('createNamespacedPod', error, own), { name: 'web', namespace: 'ns', ...own })
    }
  })

  it('does not take an object of somebody else for what it has created', async () => {
    for (const other of [{ metadata: {} }, { metadata: { labels: { 'flatnet/run': 'r2' } } }])
      await assert.rejects(createOwn('createNamespacedPod', failed, other), /web already exists/)
  })

  it('is given up when the server is away for too long, for all calls together', (t) => {
    let now = 1_000
    t.mock.method(performance, 'now', () => now)
    const presence = present()
    assert.ok(presence.mayReturn(refused, false))
    now += 19_000
    assert.ok(presence.mayReturn(refused, true))
    now += 2_000
    assert.ok(!presence.mayReturn(refused, true))
    presence.answered()
    assert.ok(presence.mayReturn(refused, true))
  })
})

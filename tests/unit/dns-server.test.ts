import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answersDns } from '../../cluster/site/dns.ts'
import type { Asker } from '../../cluster/streams/probe-client.ts'
import { fakeTopology } from './fake.ts'

const clients = fakeTopology(2, ['client']).pods.flatMap(({ containers }) => containers)
const asker = (search: string[], rcode: string | undefined) =>
  ({
    ask: async (_: unknown, op: string) =>
      op === 'facts' ? { resolver: { nameservers: ['10.0.0.10'], search, ndots: 5 } } : [{ rcode }],
  }) as unknown as Asker
const found = (search: string[], rcode?: string) => answersDns(asker(search, rcode), clients, 'none is labelled', 100)
const list = ['ns.svc.corp.test', 'svc.corp.test', 'corp.test']

describe('a cluster whose DNS Service is not seen', () => {
  it('has DNS where whom its pods ask knows the cluster', async () => {
    assert.deepEqual(await found(list, 'NOERROR'), { has: true })
  })

  it('has none where nobody answers, or pods have no cluster domain: a reason, and no verdict', async () => {
    for (const [search, rcode, words] of [
      [list, undefined, /none is labelled, and 10\.0\.0\.10.*does not know corp\.test/],
      [list, 'NXDOMAIN', /does not know corp\.test/],
      [[], 'NOERROR', /no cluster domain in their search list/],
    ] as const) {
      const capability = await found([...search], rcode)
      assert.match(capability.has ? '' : capability.because, words)
    }
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimUnique, type Reports } from '../../promises/identity/facts.ts'
import { fakeTopology } from './fake.ts'

const { pods } = fakeTopology(2, ['server'])
const [first, second] = pods.map(({ containers }) => containers[0]?.ips[0] ?? '')

/** What the two pods report, besides their own addresses. */
const reports = (...more: string[][]): Reports[] =>
  pods.map((pod, i) => ({
    pod,
    values: [{ container: 'app', values: [...(pod.containers[0]?.ips ?? []), ...(more[i] ?? [])] }],
  }))

describe('addresses of pods', () => {
  it('are unique, also where every pod has a second interface with an address that only its node knows', () => {
    claimUnique(reports())
    for (const nodeLocal of ['fd00::ac:2', '10.88.0.2', '169.254.172.2', 'fe80::1'])
      claimUnique(reports([nodeLocal], [nodeLocal]))
  })

  it('are not unique if a pod has an address of another one, by its report or by the API', () => {
    assert.throws(() => claimUnique(reports([second ?? ''])), {
      name: 'NonConformance',
      message: new RegExp(`${second}`),
    })
    const twice = reports()
    const [one, other] = twice
    const same = { ...other?.pod, containers: one?.pod.containers ?? [] } as Reports['pod']
    assert.throws(() => claimUnique([one as Reports, { pod: same, values: [] }]), new RegExp(`${first} is on pod`))
  })

  it('are not judged if none is known', () => assert.throws(() => claimUnique([]), /no address was compared/))
})

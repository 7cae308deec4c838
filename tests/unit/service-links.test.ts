import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type PodPlan, portsOf } from '../../cluster/pods/plan.ts'
import type { ProbeRef, StandingPod } from '../../contract/topology.ts'
import { claimToldInTime } from '../../fixtures/scenes/pods.ts'
import { fakeTopology } from './fake.ts'

const topology = fakeTopology(2, ['server'])
const { pods } = topology
const plans = pods.map(
  ({ name, namespace, node }): PodPlan => ({ name, namespace, node, containers: [{ name: 'app', ports: portsOf(0) }] }),
)
const service = { name: 'before-1', uid: 'u', ip: '10.96.0.1', ips: ['10.96.0.1'] }

/** Looks at these pods. `told`: whether a pod of this name has the variables; `ip`: the address in them. Gives the names of the later pods. */
async function look(told: (pod: string) => boolean, ip = service.ip): Promise<string[]> {
  const line = `BEFORE_1_SERVICE_HOST=${ip}`
  const made: string[] = []
  const own = {
    bench: { ask: async ({ pod }: ProbeRef) => ({ environment: told(pod) ? [line] : ['OTHER_SERVICE_HOST=1'] }) },
    createRunning: async (later: readonly PodPlan[]): Promise<StandingPod[]> => {
      made.push(...later.map(({ name }) => name))
      return later.map(({ name, node = '' }) => {
        const base = pods.find((each) => each.node === node) as StandingPod
        return { ...base, name, containers: base.containers.map((each) => ({ ...each, pod: name })) }
      })
    },
  }
  await claimToldInTime(own as never, plans, pods, service)
  return made
}

describe('a pod with the variables of Services', () => {
  it('is enough if it has them', async () => assert.deepEqual(await look(() => true), []))

  it('is looked at again where it lacks them, and the claim judges it if a later pod lacks them too', async () =>
    assert.deepEqual(await look((pod) => pod.startsWith('server-node-1')), ['server-node-2-later']))

  it('is looked at by the claim if a later pod has another address: the Service moved', async () =>
    assert.deepEqual(await look((pod) => pod.endsWith('-later'), '10.96.0.10'), [
      'server-node-1-later',
      'server-node-2-later',
    ]))

  it('is no verdict if a later pod has them: its kubelet learned of the Service late', async () => {
    const late = look((pod) => pod.startsWith('server-node-1') || pod.endsWith('-later'))
    await assert.rejects(late, {
      name: 'Trouble',
      message: /^the kubelet on node-2 gave no variables of Service before-1/,
    })
  })
})

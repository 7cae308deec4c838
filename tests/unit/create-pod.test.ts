import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiException, type V1Pod } from '@kubernetes/client-node'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { createPod } from '../../cluster/pods/create.ts'
import { portsOf } from '../../cluster/pods/plan.ts'
import { podsRunning } from '../../cluster/pods/ready.ts'
import { Settings } from '../../contract/settings.ts'

const { pods, probeImage: image } = Settings.parse({})
const plan = { name: 'p', namespace: 'n', containers: [{ name: 'app', ports: portsOf(0) }] }

/** Creates a pod with an API that answers what `judge` says. Gives the resources of each attempt. */
async function attempts(judge: (pod: V1Pod) => Error | undefined) {
  const asked: unknown[] = []
  const createNamespacedPod = async ({ body }: { body: V1Pod }) => {
    asked.push(body.spec?.containers[0]?.resources?.requests)
    const error = judge(body)
    if (error) throw error
    return body
  }
  const api = { core: { createNamespacedPod } } as unknown as KubeApi
  const error = await createPod(api, plan, { run: 'r', image, pods }).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { asked, error }
}

const refusal = (message: string) => new ApiException(403, message, JSON.stringify({ message }), {})

describe('a pod of a scenario', () => {
  it('asks for no CPU and no memory', async () => {
    assert.deepEqual(await attempts(() => undefined), { asked: [undefined], error: undefined })
  })

  it('asks for some where the cluster refuses a pod without', async () => {
    const { asked, error } = await attempts(({ spec }) =>
      spec?.containers[0]?.resources ? undefined : refusal('must specify requests.cpu'),
    )
    assert.deepEqual([asked, error], [[undefined, { cpu: '5m', memory: '24Mi' }], undefined])
  })

  it('names no user where the cluster chooses it', async () => {
    const words = 'unable to validate against any security context constraint: runAsUser: Invalid value: 65532'
    const chooses = ({ spec }: V1Pod) => (spec?.securityContext?.runAsUser === undefined ? undefined : refusal(words))
    assert.deepEqual(await attempts(chooses), { asked: [undefined, undefined], error: undefined })
  })

  it('is refused with the words of a quota or a LimitRange that asks for more', async () => {
    for (const words of [
      'failed quota: compute: must specify limits.cpu for: app',
      'minimum memory usage per Container is 64Mi, but request is 24Mi',
      'exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
    ])
      assert.match(String((await attempts(() => refusal(words))).error), new RegExp(words))
  })

  it('that a LimitRange gives too little memory says why it does not run', async () => {
    const container = { ...{ name: 'app', restartCount: 3, ready: false, image: '', imageID: '' } }
    const status = {
      phase: 'Running',
      containerStatuses: [
        {
          ...container,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
        },
      ],
    }
    const items = [{ metadata: { name: 'p', namespace: 'n' }, spec: { containers: [] }, status }]
    const watch = async (_path: string, _query: object, _take: unknown, done: () => void) => {
      setImmediate(done)
      return new AbortController()
    }
    const api = { core: { listNamespacedPod: async () => ({ items }) }, note: () => {}, watches: { watch } }
    const { limits } = Settings.parse({ limits: { pod: 100 } })
    await assert.rejects(podsRunning(api as unknown as KubeApi, 'n', 'run=r', ['p'], limits), {
      name: 'Trouble',
      message:
        /within limits\.pod \(0\.1 s\): pod n\/p is Running, CrashLoopBackOff, ended before: OOMKilled\. Raise limits\.pod/,
    })
  })

  it('is refused with the last message of the API', async () => {
    const { asked, error } = await attempts(() => refusal('pods are not wanted here'))
    assert.equal(asked.length, 2)
    assert.match(String(error), /not wanted/)
  })
})

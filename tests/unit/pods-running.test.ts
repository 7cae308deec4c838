import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Pod } from '@kubernetes/client-node'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { podsRunning } from '../../cluster/pods/ready.ts'
import { Settings } from '../../contract/settings.ts'

const { limits } = Settings.parse({ cluster: 'current' })
const pod = (name: string, running: boolean, metadata: V1Pod['metadata'] = {}): V1Pod => ({
  metadata: { name, namespace: 'own', uid: name, ...metadata },
  spec: { containers: [{ name: 'app' }] },
  status: running
    ? {
        podIP: '10.0.0.1',
        containerStatuses: [
          { name: 'app', ready: true, image: '', imageID: '', restartCount: 0, state: { running: {} } },
        ],
      }
    : { phase: 'Pending' },
})

/** An API whose list of pods is each of these in turn, and whose watches end at once. */
const apiOf = (lists: V1Pod[][]): KubeApi =>
  ({
    core: { listNamespacedPod: async () => ({ items: (lists.length > 1 ? lists.shift() : lists[0]) ?? [] }) },
    watches: {
      watch: async (_path: string, _query: object, _take: unknown, done: () => void) => {
        done()
        return new AbortController()
      },
    },
    note: () => {},
  }) as unknown as KubeApi

const wait = (lists: V1Pod[][]) => podsRunning(apiOf(lists), 'own', 'a=b', ['one', 'two'], limits)

describe('waiting for pods', () => {
  it('ends when all of them run', async () => {
    const found = await wait([[], [pod('one', true), pod('two', false)], [pod('one', true), pod('two', true)]])
    assert.deepEqual(
      found.map(({ metadata }) => metadata?.name),
      ['one', 'two'],
    )
  })

  for (const [how, last] of [
    ['is gone', [pod('one', true)]],
    ['is being deleted', [pod('one', true), pod('two', false, { deletionTimestamp: new Date() })]],
  ] as const)
    it(`ends early when one ${how}`, () =>
      assert.rejects(wait([[pod('one', true), pod('two', false)], [...last]]), {
        name: 'Trouble',
        message: 'pod own/two was deleted while it was starting.',
      }))
})

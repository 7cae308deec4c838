import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { suite, test } from 'node:test'
import { promisify } from 'node:util'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { preflight, type Reference, startReference } from '../../reference/index.ts'

const run = promisify(execFile)

/** Every live process that is in a user namespace, by that namespace; a dead one that waits to be collected has none. */
function processesIn(namespace: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const dead = /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
        return !dead && readlinkSync(`/proc/${pid}/ns/user`) === namespace
      } catch {
        return false
      }
    })
}

suite('a reference cluster', () => {
  test('nothing keeps this machine from running one', async () => {
    assert.equal(await preflight('dual'), undefined)
  })

  test('answers, has its nodes, and goes with its holder', async () => {
    const cluster = await startReference({ nodes: 2 })
    const config = new KubeConfig()
    config.loadFromString(cluster.kubeconfig)
    const { items } = await config.makeApiClient(CoreV1Api).listNode()
    assert.deepEqual(
      items.map(({ metadata }) => metadata?.name),
      ['node-1', 'node-2'],
    )
    const [command = '', ...words] = cluster.nodeShell['node-2'] ?? []
    const { stdout } = await run(command, [...words, 'ip', '-o', '-4', 'addr', 'show', 'eth0'])
    assert.match(stdout, /172\.30\.0\.12\/24/)
    const pid = words[words.indexOf('--target') + 1]
    const namespace = readlinkSync(`/proc/${pid}/ns/user`)
    assert.ok(processesIn(namespace).length > 0)
    await cluster.stop()
    assert.deepEqual(processesIn(namespace), [])
  })

  test('does not meet another, and stays when that one goes', async (context) => {
    const [one, other] = await Promise.all([startReference({ nodes: 1 }), startReference({ nodes: 1 })])
    context.after(() => Promise.all([one.stop(), other.stop()]))
    const onNode = ({ nodeShell }: Reference, line: string) => {
      const [command = '', ...words] = nodeShell['node-1'] ?? []
      return run(command, [...words, ...line.split(' ')])
    }
    await onNode(one, 'ip link add mark type bridge')
    await assert.rejects(onNode(other, 'ip link show mark'))
    await one.stop()
    await onNode(other, 'ip link show eth0')
  })
})

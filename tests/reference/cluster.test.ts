import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { preflight, startReference } from '../../reference/index.ts'

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

  test('leaves nothing behind when its holder is killed', async () => {
    const cluster = await startReference({ nodes: 1 })
    const words = cluster.nodeShell['node-1'] ?? []
    const inside = words[words.indexOf('--target') + 1] ?? ''
    const namespace = readlinkSync(`/proc/${inside}/ns/user`)
    const unshare = parentOf(inside)
    process.kill(parentOf(String(unshare)), 'SIGKILL')
    await sleep(1000)
    assert.deepEqual(processesIn(namespace), [])
  })
})

function parentOf(pid: string): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

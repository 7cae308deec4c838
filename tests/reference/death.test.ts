import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { type Reference, startReference } from '../../reference/index.ts'

const rounds = 20

/** A cluster is busy: pods with a probe each are on their way when something is killed. */
async function busyCluster(): Promise<Reference> {
  const cluster = await startReference({ nodes: 2 })
  const config = new KubeConfig()
  config.loadFromString(cluster.kubeconfig)
  const core = config.makeApiClient(CoreV1Api)
  const pods = ['a', 'b', 'c', 'd'].map((name) =>
    core.createNamespacedPod({
      namespace: 'default',
      body: {
        metadata: { name },
        spec: {
          containers: [
            {
              ...{ name: 'main', image: 'node:24-slim' },
              command: ['node', '-e', "require('http').createServer((q, s) => s.end()).listen(80)"],
              readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 },
              livenessProbe: { exec: { command: ['sleep', '0.2'] }, periodSeconds: 1 },
            },
          ],
        },
      },
    }),
  )
  // What is killed meanwhile takes the requests with it.
  await Promise.allSettled(pods)
  return cluster
}

const statusField = (pid: string, field: string) => {
  try {
    return new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

const link = (file: string) => {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

const everyPid = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name))

/** A process and all that descend from it. */
function family(root: number): string[] {
  const parents = new Map(everyPid().map((pid) => [pid, statusField(pid, 'PPid')]))
  const found = [String(root)]
  for (const pid of found) found.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child))
  return found
}

const kinds = ['user', 'net', 'mnt', 'pid', 'uts', 'ipc']
// A process whose parent was killed is dead, holds nothing, and waits for the machine's first process to notice.
const alive = (pid: string) => !['', 'Z', 'X'].includes(statusField(pid, 'State').charAt(0))
const namespacesOf = (pids: readonly string[]) =>
  new Set(pids.flatMap((pid) => kinds.map((kind) => link(`/proc/${pid}/ns/${kind}`))))
const mounts = () => readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
const files = () => readdirSync(tmpdir()).map((name) => `${tmpdir()}/${name}`)

/** What a cluster has that the machine had not: its living processes, their namespaces, mounts and files. */
function remains(before: ReadonlySet<string>, own: ReadonlySet<string>): string[] {
  const left = everyPid().filter((pid) => alive(pid) && kinds.some((kind) => own.has(link(`/proc/${pid}/ns/${kind}`))))
  const names = left.map((pid) => `process ${pid} ${statusField(pid, 'Name')}`)
  return [
    ...names,
    ...[...mounts(), ...files()].filter((line) => /flatnet-ref|\/run\/netns/.test(line) && !before.has(line)),
  ]
}

// A second on a machine that has nothing else to do: dying takes its turn like anything else.
const limit = () => 1000 * Math.max(1, (loadavg()[0] ?? 1) / availableParallelism())

suite('kill -9 of any one process of a cluster', () => {
  for (let round = 1; round <= rounds; round++)
    test(`leaves nothing behind within a second, round ${round}`, async (context) => {
      const before = new Set([...mounts(), ...files()])
      const cluster = await busyCluster()
      context.after(() => cluster.stop())
      await sleep(Math.random() * 800)
      const members = family(cluster.pid)
      const holders = members.slice(0, 3)
      // Every other round takes one of the three that hold the cluster: nearly all processes are containers'.
      const candidates = round % 2 ? members : holders
      const victim = candidates[Math.floor(Math.random() * candidates.length)] ?? 'none'
      const what = `after the death of ${statusField(victim, 'Name')}`
      const here = namespacesOf(['self'])
      const own = new Set([...namespacesOf(members)].filter((name) => !here.has(name)))
      own.delete('')
      assert.ok(own.size > 0 && remains(before, own).length > 0)
      try {
        process.kill(Number(victim), 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
      if (!holders.includes(victim)) {
        // The cluster goes on without it, and goes as a whole when it is told to.
        await sleep(200)
        assert.ok(holders.every(alive), `the cluster is gone ${what}`)
        await cluster.stop()
      }
      for (const end = Date.now() + limit(); Date.now() < end && remains(before, own).length > 0; ) await sleep(20)
      assert.deepEqual(remains(before, own), [], what)
    })
})

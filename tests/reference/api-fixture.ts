import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { CoreV1Api, DiscoveryV1Api, Exec, KubeConfig, Log, type V1Status, Watch } from '@kubernetes/client-node'
import { type Api, type ApiOptions, startApi } from '../../reference/api/server.ts'
import { type ApiStore, createStore } from '../../reference/api/store.ts'
import type { Runtime } from '../../reference/contract.ts'

/** Runs commands on this machine and logs three lines, so that the API can be tried without containers. */
export const fakeRuntime: Runtime = {
  async exec(_pod, _container, [command = '', ...args], { stdin, stdout, stderr }, signal) {
    const child = spawn(command, args, { signal, stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] })
    if (child.stdin) stdin?.pipe(child.stdin)
    child.stdout?.pipe(stdout, { end: false })
    child.stderr?.pipe(stderr, { end: false })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => resolve(code ?? 137))
    })
  },
  logs(_pod, _container, { follow, tailLines }) {
    async function* lines() {
      const all = ['one\n', 'two\n', 'three\n']
      yield* tailLines === undefined ? all : all.slice(-tailLines)
      if (!follow) return
      await new Promise((resolve) => setTimeout(resolve, 200))
      yield 'four\n'
    }
    return Readable.from(lines())
  },
}

/** A running API with the clients that speak to it. */
export interface Fixture extends AsyncDisposable {
  api: Api
  store: ApiStore
  config: KubeConfig
  core: CoreV1Api
  discovery: DiscoveryV1Api
  exec: Exec
  log: Log
  watch: Watch
}

/** An API server of the test's own. */
export async function startFixture(options: Partial<ApiOptions> = {}): Promise<Fixture> {
  const store = createStore()
  const api = await startApi({ store, runtime: fakeRuntime, ...options })
  const config = new KubeConfig()
  config.loadFromString(api.kubeconfig)
  return {
    api,
    store,
    config,
    core: config.makeApiClient(CoreV1Api),
    discovery: config.makeApiClient(DiscoveryV1Api),
    exec: new Exec(config),
    log: new Log(config),
    watch: new Watch(config),
    [Symbol.asyncDispose]: () => api.stop(),
  }
}

/** Says of a pod what a kubelet would: all its containers run. */
export function startPod(store: ApiStore, namespace: string, name: string, nodeName = 'node-1'): void {
  store.update('Pod', namespace, name, (pod) => {
    const spec = pod.spec as { nodeName?: string; containers: { name: string; image: string }[] }
    spec.nodeName = nodeName
    const startedAt = new Date().toISOString()
    pod.status = {
      ...(pod.status as object),
      phase: 'Running',
      podIP: '10.244.1.2',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: spec.containers.map(({ name, image }) => ({
        name,
        image,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt } },
      })),
    }
  })
}

/** A small valid pod. */
export const podNamed = (name: string) => ({
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'node:24-slim' }] },
})

/** The Status with which the API refused a request. Fails if it did not. */
export const statusOf = async (attempt: Promise<unknown>): Promise<V1Status> => {
  const error = await attempt.then(
    () => assert.fail('nothing was refused'),
    (reason: unknown) => reason,
  )
  const { body } = error as { body: unknown }
  return typeof body === 'string' ? JSON.parse(body) : (body as V1Status)
}

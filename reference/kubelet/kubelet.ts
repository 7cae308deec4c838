import { Readable } from 'node:stream'
import pLimit from 'p-limit'
import type { KubeObject, Runtime, Store } from '../contract.ts'
import { hostPorts } from '../network/host-ports.ts'
import type { NodeNetwork } from '../network/nodes.ts'
import { addressPool } from '../network/pods.ts'
import type { ContainerRunner } from './container.ts'
import { createRecorder } from './events.ts'
import { execIn } from './exec.ts'
import type { Images } from './image.ts'
import type { NodeContext } from './node-context.ts'
import { asPod } from './pod.ts'
import { PodWorker } from './pod-worker.ts'
import { createProber } from './prober.ts'
import { nodeResolver } from './resolv-conf.ts'

/** What the kubelets of a cluster work on. */
export interface KubeletOptions {
  readonly store: Store
  readonly nodes: readonly NodeNetwork[]
  readonly images?: Images
  /** The address of the cluster's DNS server. */
  readonly clusterDns?: string
  /** Settles when a node enforces the NetworkPolicies for all pods whose addresses the store has. */
  readonly policiesFollowed?: (node: string) => Promise<void>
}

/** The workers of all pods, by the uid of the pod. */
type Workers = Map<string, PodWorker>

/** Runs the pods that are assigned to nodes, and gives access to their containers. */
export function startKubelets(options: KubeletOptions): Runtime {
  const { store } = options
  const workers: Workers = new Map()
  const contexts = contextsOf(options, workers)
  const sync = (object: KubeObject) => {
    const pod = asPod(object)
    const { uid = '' } = object.metadata
    const node = contexts.get(pod.spec.nodeName ?? '')
    const worker = workers.get(uid)
    if (worker) worker.update(pod)
    else if (node && !object.metadata.deletionTimestamp) workers.set(uid, new PodWorker(node, pod))
    else if (node) store.remove('Pod', object.metadata.namespace, object.metadata.name)
  }
  store.watch('Pod', ({ type, object }) => {
    const { uid = '' } = object.metadata
    if (type !== 'DELETED') return sync(object)
    void workers.get(uid)?.terminate(0)
    workers.delete(uid)
  })
  for (const kind of ['ConfigMap', 'Secret'])
    store.watch(kind, () => {
      for (const worker of workers.values()) void worker.refresh()
    })
  for (const pod of store.list('Pod')) sync(pod)
  return runtimeOf(workers)
}

function contextsOf(options: KubeletOptions, workers: Workers) {
  const { store, nodes, images = {}, clusterDns, policiesFollowed = async () => {} } = options
  const limit = pLimit(4)
  const contextOf = (network: NodeNetwork): NodeContext => ({
    store,
    network,
    images,
    limit,
    pool: addressPool(),
    resolver: { clusterDns, node: nodeResolver() },
    record: createRecorder(store, 'kubelet', network.name),
    prober: createProber(network.name),
    hostPortsChanged: hostPorts(network, () =>
      [...workers.values()].filter(({ nodeName }) => nodeName === network.name).flatMap(({ ported }) => ported),
    ),
    policiesFollowed: () => policiesFollowed(network.name),
  })
  return new Map(nodes.map((network) => [network.name, contextOf(network)]))
}

/** Access to the containers of all workers, for the API. */
function runtimeOf(workers: Workers): Runtime {
  const find = (pod: KubeObject, name: string): ContainerRunner => {
    const runner = workers.get(pod.metadata.uid ?? '')?.runners.find(({ container }) => container.name === name)
    if (!runner) throw new Error(`container ${name} of pod ${pod.metadata.name} has not been created`)
    return runner
  }
  return {
    exec: async (pod, container, argv, io, signal) => {
      const { running } = find(pod, container)
      if (!running) throw new Error(`unable to upgrade connection: container not found ("${container}")`)
      return execIn(running, argv, io, signal)
    },
    logs: (pod, container, { previous, ...options }, signal) => {
      const { log, previousLog } = find(pod, container)
      const chosen = previous ? previousLog : log
      return chosen ? chosen.read(options, signal) : Readable.from([])
    },
  }
}

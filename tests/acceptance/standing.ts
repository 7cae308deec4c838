import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { CoreV1Api, KubeConfig, NetworkingV1Api, type V1Pod } from '@kubernetes/client-node'
import { type IpFamily, type Shape, startReference } from '../../reference/index.ts'
import { Desk, type Outcome, type Running } from './cli.ts'

const MANAGED = 'app.kubernetes.io/managed-by=flatnet'

/** A reference cluster that stands for as long as the test file needs it, with a desk whose kubeconfig leads to it. */
export interface Standing extends AsyncDisposable {
  readonly desk: Desk
  readonly core: CoreV1Api
  readonly networking: NetworkingV1Api
  /** Begins a run on it. */
  start(...args: string[]): Running
  run(...args: string[]): Promise<Outcome>
  /** Runs a script on a node to its end. @throws Error with what it says on stderr. */
  on(node: string, script: string): Promise<void>
  /** Puts nft rules on a node's hook; they are gone again when the result is disposed of. */
  fault(node: string, hook: string, rules: string): Promise<AsyncDisposable>
  /** Settles when there is such a pod; fails when there is none within a minute. */
  pod(is: (pod: V1Pod) => boolean): Promise<V1Pod>
  /** Names of the namespaces that are flatnet's. */
  namespaces(): Promise<string[]>
}

export async function startStanding(
  nodes: number,
  ipFamily: IpFamily = 'ipv4',
  shape: Partial<Shape> = {},
): Promise<Standing> {
  const cluster = await startReference({ nodes, ipFamily, shape })
  const config = new KubeConfig()
  config.loadFromString(cluster.kubeconfig)
  const core = config.makeApiClient(CoreV1Api)
  const desk = new Desk()
  const kubeconfig = desk.file('kubeconfig', cluster.kubeconfig)
  const start = (...args: string[]) => desk.start([...args, '--kubeconfig', kubeconfig])
  const on = async (node: string, script: string) => {
    const [command = '', ...words] = cluster.nodeShell[node] ?? []
    const child = spawn(command, [...words, 'sh', '-es'], { stdio: ['pipe', 'ignore', 'pipe'] })
    // The shell may end before it has read the script; what it says on stderr tells why.
    child.stdin.on('error', () => {})
    child.stdin.end(script)
    const complaint = await text(child.stderr)
    if (complaint !== '') throw new Error(`on ${node}: ${complaint}`)
  }
  const nft = (node: string, rules: string) => on(node, `nft -f - <<'NFT'\n${rules}\nNFT\n`)
  return {
    desk,
    core,
    networking: config.makeApiClient(NetworkingV1Api),
    start,
    run: (...args) => start(...args).done,
    on,
    fault: async (node, hook, rules) => {
      await nft(node, `table inet flatnet_fault {\nchain it {\ntype ${hook}\n${rules}\n}\n}\n`)
      return { [Symbol.asyncDispose]: () => nft(node, 'delete table inet flatnet_fault\n') }
    },
    pod: async (is) => {
      for (const end = performance.now() + 60_000; performance.now() < end; await delay(50)) {
        const found = (await core.listPodForAllNamespaces()).items.find(is)
        if (found) return found
      }
      throw new Error('there was no such pod within a minute')
    },
    namespaces: async () => {
      const { items } = await core.listNamespace({ labelSelector: MANAGED })
      return items.map(({ metadata }) => metadata?.name ?? '')
    },
    [Symbol.asyncDispose]: async () => {
      await cluster.stop()
      desk[Symbol.dispose]()
    },
  }
}

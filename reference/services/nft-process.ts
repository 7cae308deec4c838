import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { plainEnvironment } from '../network/commands.ts'
import { inNetwork } from '../network/world.ts'

/** Puts batches of nft into a node's network, one after the other. */
export interface Applier {
  /** Settles once the batch is in; rejects where it is not. */
  apply(batch: readonly string[]): Promise<void>
}

/**
 * The process that a node's rules come from, by a name that tells it apart (`kube-proxy-NODE`): while it is stopped, the
 * node's rules stay as they are. A shell, which takes next to no memory; a new one takes its place when it dies.
 */
export function startApplier(node: string): Applier {
  let running: ChildProcess | undefined
  let settle: ((code: string) => void) | undefined
  let said = ''

  function start(): ChildProcess {
    const child = spawn('sh', ['-s'], {
      argv0: `kube-proxy-${node}`,
      env: plainEnvironment,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.on('error', () => {})
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
    createInterface({ input: child.stdout }).on('line', (code) => settle?.(code))
    const end = () => {
      if (running !== child) return
      running = undefined
      settle?.('the process ended')
    }
    child.on('exit', end)
    child.on('error', end)
    return child
  }

  return {
    apply: async (batch) => {
      running ??= start()
      said = ''
      const answer = new Promise<string>((resolve) => {
        settle = resolve
      })
      running.stdin?.write(`${inNetwork(node).join(' ')} nft -f - <<'NFT'\n${batch.join('\n')}\nNFT\necho $?\n`)
      const code = await answer
      settle = undefined
      if (code !== '0') throw new Error(`the rules of ${node} were refused: ${said.trim() || code}`)
    },
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { plainEnvironment } from '../network/commands.ts'
import { inNetwork } from '../network/world.ts'

/** The process that writes one node's rules. */
export interface NftProcess {
  /** Runs one batch of nft lines in the node's network. Rejects when the kernel refuses it. One batch at a time. */
  apply(batch: readonly string[]): Promise<void>
}

/**
 * The process of a node that runs nft, named `PROGRAM-NODE`: while it is stopped (SIGSTOP), the node's rules stay as
 * they are. It is a shell, which takes little memory. The next batch starts a new one when it has died.
 */
export function startNftProcess(node: string, program = 'kube-proxy'): NftProcess {
  let running: ChildProcess | undefined
  let finish: ((code: string) => void) | undefined
  let stderr = ''

  function start(): ChildProcess {
    const child = spawn('sh', ['-s'], {
      argv0: `${program}-${node}`,
      env: plainEnvironment,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.on('error', () => {})
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    createInterface({ input: child.stdout }).on('line', (code) => finish?.(code))
    const end = () => {
      if (running !== child) return
      running = undefined
      finish?.('the process ended')
    }
    child.on('exit', end)
    child.on('error', end)
    return child
  }

  return {
    apply: async (batch) => {
      running ??= start()
      stderr = ''
      const finished = new Promise<string>((resolve) => {
        finish = resolve
      })
      running.stdin?.write(`${inNetwork(node).join(' ')} nft -f - <<'NFT'\n${batch.join('\n')}\nNFT\necho $?\n`)
      const code = await finished
      finish = undefined
      if (code !== '0') throw new Error(`nft refused the rules of ${node}: ${stderr.trim() || code}`)
    },
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { plainEnvironment } from '../network/commands.ts'
import { inNetwork } from '../network/world.ts'
import { builtProgram } from '../programs.ts'

/** One probe of an address: HTTP or gRPC when it says so, else TCP. */
export interface Question {
  readonly host: string
  readonly port: number
  readonly milliseconds: number
  readonly http?: { path?: string; scheme?: string; httpHeaders?: { name: string; value: string }[] }
  readonly grpc?: string
}

/** Sends probes from a node. */
export interface Prober {
  /** Gives the reason of a failure; undefined for a success. */
  probe(question: Question): Promise<string | undefined>
}

/** A prober in a node's network namespace: one process, started for the first probe and again when it has died. */
export function createProber(node: string): Prober {
  const waiting = new Map<number, (failure?: string) => void>()
  let running: ChildProcess | undefined
  let last = 0

  function start(): ChildProcess {
    const [command = '', ...words] = [...inNetwork(node), process.execPath, ...memory, builtProgram('prober')]
    const child = spawn(command, words, { env: plainEnvironment, stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.on('error', () => {})
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, failure } = JSON.parse(line) as { id: number; failure?: string }
      waiting.get(id)?.(failure)
    })
    child.on('exit', () => {
      running = undefined
      for (const finish of waiting.values()) finish('the prober of the node ended')
    })
    child.on('error', () => {})
    return child
  }

  return {
    probe: (question) => {
      running ??= start()
      const id = ++last
      const result = new Promise<string | undefined>((resolve) => waiting.set(id, resolve))
      running.stdin?.write(`${JSON.stringify({ id, ...question })}\n`)
      return result.finally(() => waiting.delete(id))
    },
  }
}

const memory = ['--max-old-space-size=32', '--max-semi-space-size=1', '--v8-pool-size=1']

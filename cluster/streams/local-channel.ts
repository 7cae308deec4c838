import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Channel } from '../kube/exec.ts'
import { signalGroup } from '../process-group.ts'

/**
 * Starts a command of this machine and keeps its stdin and stdout open. It has a process group of its own, so Ctrl-C in
 * the terminal does not reach it.
 */
export function openLocalChannel(command: readonly string[], onLine: (line: string) => void): Channel {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-400)
  })
  createInterface({ input: child.stdout }).on('line', onLine)
  child.stdin.on('error', () => {})
  const closed = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => resolve(`${program} ended with ${code}: ${complaint.trim() || 'no message'}`))
  })
  return {
    send: (line) => void child.stdin.write(`${line}\n`),
    close: () => signalGroup(child, 'SIGTERM'),
    closed,
  }
}

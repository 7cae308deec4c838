import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Trouble } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import { packageRoot } from '../../contract/files.ts'
import { newRunId } from '../../contract/labels.ts'

/**
 * `flatnet observe`: answers pods on this machine and reports the source address that it sees, until Ctrl-C. It serves
 * HTTP on the port, and TCP and UDP on the next one. Gives the exit code.
 */
export async function observe({ port }: { port: number }): Promise<number> {
  const args = ['serve', '--observes', '--attached', `--http=${port}`, `--tcp=${port + 1}`, `--udp=${port + 1}`]
  const environment = { ...process.env, POD_UID: `observer-${newRunId()}`, POD_NAME: 'observer', CONTAINER: 'outside' }
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'probe.cjs'), ...args], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in the terminal reaches flatnet alone, which ends the program.
    detached: true,
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  const ended = once(child, 'close')
  const serving = once(createInterface({ input: child.stdout }), 'line')
  await Promise.race([serving, ended])
  if (hasEnded(child)) throw new Trouble(`flatnet cannot observe: ${reasonOf(complaint, port)}`)
  let isWanted = true
  const end = () => {
    isWanted = false
    child.stdin.end()
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.stdout.write(`${linesFor(port).join('\n')}\n`)
  await ended
  if (isWanted) throw new Trouble(`the observer ended by itself: ${errorIn(complaint) || howItEnded(child)}`)
  return EXIT.ok
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const howItEnded = ({ exitCode, signalCode }: ChildProcess): string =>
  `its program ended with ${signalCode ?? exitCode}`

/** The line of an error in what a program wrote to stderr, or its last line. */
function errorIn(complaint: string): string {
  const lines = complaint.trim().split('\n')
  return (lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '').replace(/^\w*Error\b[^:]*: /, '')
}

const reasonOf = (complaint: string, port: number): string => {
  const [, address] = /EADDRINUSE[^\n]*?(\S*:\d+)/.exec(complaint) ?? []
  if (address) return `another program uses port ${address.split(':').at(-1)}; choose another one with --port.`
  return errorIn(complaint) || `port ${port} cannot be opened.`
}

function linesFor(port: number): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const addresses = all.filter((each) => !each.internal && !/^fe80:/i.test(each.address)).map((each) => each.address)
  const show = (ip: string) => `${isIPv6(ip) ? `[${ip}]` : ip}:${port}`
  return [
    `observing on ${addresses.join(', ')}: HTTP on port ${port}, TCP and UDP on port ${port + 1}`,
    `test with one of these, from a machine that reaches the cluster:`,
    ...addresses.map((ip) => `  flatnet run --observer ${show(ip)}`),
    'Ctrl-C ends it',
  ]
}

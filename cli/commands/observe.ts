import { spawn } from 'node:child_process'
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
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  const ended = once(child, 'close')
  const serving = once(createInterface({ input: child.stdout }), 'line')
  await Promise.race([serving, ended])
  if (child.exitCode !== null) throw new Trouble(`flatnet cannot observe: ${reasonOf(complaint, port)}`)
  process.stdout.write(`${linesFor(port).join('\n')}\n`)
  process.on('SIGTERM', () => child.stdin.end())
  process.on('SIGINT', () => child.stdin.end())
  await ended
  return EXIT.ok
}

const reasonOf = (complaint: string, port: number): string => {
  const [, address] = /EADDRINUSE[^\n]*?(\S*:\d+)/.exec(complaint) ?? []
  if (address) return `another program uses port ${address.split(':').at(-1)}; choose another one with --port.`
  return complaint.trim().split('\n').at(-1) || `port ${port} cannot be opened.`
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

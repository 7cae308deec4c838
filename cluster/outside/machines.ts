import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { OutsideMachine, OutsideMachines } from '../../contract/cluster.ts'
import { Trouble } from '../../contract/errors.ts'
import { packageRoot } from '../../contract/files.ts'
import type { Outside, ProbeRef } from '../../contract/topology.ts'
import type { Ports } from '../../probe/protocol.ts'
import { signalGroup } from '../process-group.ts'
import { drawListening, environmentOf, type HostRole, hostProbe, serveWords } from './host.ts'

/** A probe that serves on a host outside the cluster, and how to end it. */
interface Serving {
  probe: ProbeRef
  end: () => Promise<void>
}

/** How the names of the folders of request pipes begin; the id of flatnet's process follows. */
export const FOLDER = 'flatnet-host-'

const START_MS = 10_000
/** How long a program may take to end after its stdin has ended. */
const END_MS = 3_000

/**
 * Starts the probe program on the hosts that the source of the cluster provides. A program ends with this process,
 * because it ends when its stdin ends.
 * @throws Trouble if one does not start.
 */
export async function serveOnMachines(
  run: string,
  machines: OutsideMachines,
): Promise<{ outside: Outside; end: () => Promise<void> }> {
  const { lan, internet, routed, gateway } = machines
  const wanted: [HostRole, OutsideMachine | undefined][] = [
    ['observer', lan],
    ['internet', internet],
    ['routed', routed],
  ]
  const started = await Promise.allSettled(
    wanted.map(async ([role, machine]) => machine && ([role, await serveOn(run, role, machine)] as const)),
  )
  const serving = new Map(started.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : [])))
  const end = async () => {
    await Promise.all([...serving.values()].map((each) => each.end()))
  }
  const failed = started.find((each) => each.status === 'rejected')
  if (failed) {
    await end()
    throw failed.reason
  }
  const of = (role: HostRole) => serving.get(role)?.probe
  return {
    outside: {
      how: 'hosts that the cluster’s source provides',
      observer: of('observer') as ProbeRef,
      dials: true,
      ...(internet && { internet: of('internet') as ProbeRef }),
      ...(routed && { routed: of('routed') as ProbeRef }),
      ...(gateway && { gateway: { external: [...gateway.external], shell: gateway.shell } }),
    },
    end,
  }
}

/** Starts the probe program on one host. @throws Trouble if it does not serve in time. */
export async function serveOn(
  run: string,
  role: HostRole,
  { ips, shell }: OutsideMachine,
  wanted: Ports = drawListening(),
): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), `${FOLDER}${process.pid}-`))
  const environment = Object.entries({ ...environmentOf(run, role), TMPDIR: folder }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const words = [...shell, 'env', ...environment, process.execPath, join(packageRoot(), 'dist', 'probe.cjs')]
  const [program = '', ...args] = [...words, ...serveWords(wanted), '--attached']
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  // Without its folder, requests fail at once. A request pipe without a reader would block them.
  child.once('close', () => rmSync(folder, { recursive: true, force: true }))
  const ports = await untilServing(child, role).catch(async (error: unknown) => {
    await ended(child, folder)
    throw error
  })
  const relay = [...shell, 'env', `TMPDIR=${folder}`]
  return { probe: hostProbe(run, role, { ips, ports, shell: relay }), end: () => ended(child, folder) }
}

async function untilServing(child: ChildProcess, role: HostRole): Promise<Ports> {
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-400)
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const serving = once(lines, 'line') as Promise<[string]>
  const failed = Promise.withResolvers<never>()
  const fail = (why: string) =>
    failed.reject(new Trouble(`the ${role} outside the cluster did not start: ${complaint.trim() || why}`))
  child.on('error', (error) => fail(error.message))
  child.on('close', (code) => fail(`it ended with ${code}`))
  const timer = setTimeout(() => fail(`it did not serve within ${START_MS / 1000} s`), START_MS)
  try {
    const [line] = await Promise.race([serving, failed.promise])
    return (JSON.parse(line) as { serving: Ports }).serving
  } finally {
    clearTimeout(timer)
    failed.promise.catch(() => {})
  }
}

/** Closes its stdin, at which it ends, and removes the folder of its request pipe. */
async function ended(child: ChildProcess, folder: string): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close')
    child.stdin?.end()
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), END_MS)
    await closed
    clearTimeout(timer)
  }
  rmSync(folder, { recursive: true, force: true })
}

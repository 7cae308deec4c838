import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { execa } from 'execa'
import type { ClusterRecord } from '../../cluster/sources/state.ts'
import { Desk, MAIN, type Running, start } from './cli.ts'

const UNTIL_MS = 120_000
const NOTHING = 'ls /run | grep "^flatnet" || :\nnft list tables | grep flatnet || :'

/** A reference cluster that flatnet made and that stays, on a desk of its own: one that may be broken. */
export interface Breakable extends AsyncDisposable {
  readonly desk: Desk
  readonly record: ClusterRecord
  /** A call that is told where the cluster is, in a process group of its own. */
  start(...args: string[]): Running
  /** Runs a script on a node. */
  on(node: string, script: string): Promise<string>
  /** What there is of flatnet on its nodes, in its API, and in the desk's notes of what is broken. */
  left(): Promise<string[]>
  /** Changes what is known of how its nodes are reached; given back when the result is disposed of. */
  known(nodeShell: ClusterRecord['facts'] & object): Disposable
}

export async function startBreakable(): Promise<Breakable> {
  const desk = new Desk()
  desk.file('flatnet.yaml', 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nreference: { nodes: 2 }\n')
  const up = await desk.run(['cluster', 'up', '--cluster', 'reference', '--name', 'broken'])
  assert.equal(up.code, 0, up.stderr)
  const kubeconfig = up.stdout.trim()
  const file = desk.path('state', 'flatnet', 'clusters', 'flatnet-broken.json')
  const record = JSON.parse(readFileSync(file, 'utf8')) as ClusterRecord
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const core = config.makeApiClient(CoreV1Api)
  const on = async (node: string, script: string) => {
    const [command = '', ...words] = record.facts?.nodeShell[node] ?? []
    return (await execa(command, [...words, 'sh', '-ec', script], { stdin: 'ignore' })).stdout
  }
  return {
    desk,
    record,
    start: (...args) => inGroup(desk, [...args, '--kubeconfig', kubeconfig]),
    on,
    left: async () => {
      const nodes = Object.keys(record.facts?.nodeShell ?? {})
      const found = await Promise.all(nodes.map((node) => on(node, NOTHING)))
      const { items } = await core.listNamespace({ labelSelector: 'app.kubernetes.io/managed-by=flatnet' })
      const notes = desk.path('state', 'flatnet', 'breaking')
      return [
        ...found.flatMap((text) => text.split('\n')).filter(Boolean),
        ...items.map(({ metadata }) => metadata?.name ?? ''),
        ...(existsSync(notes) ? readdirSync(notes) : []),
      ]
    },
    known: (facts) => {
      writeFileSync(file, JSON.stringify({ ...record, facts }))
      return { [Symbol.dispose]: () => writeFileSync(file, JSON.stringify(record)) }
    },
    [Symbol.asyncDispose]: async () => {
      await desk.run(['cluster', 'down', 'broken'])
      desk[Symbol.dispose]()
    },
  }
}

/** A call in a process group and session of its own, as one from a terminal is. */
export const inGroup = (desk: Desk, args: readonly string[]): Running =>
  start(['setsid', process.execPath, MAIN, ...args], desk.folder, desk.environment())

/** Sends a signal to a whole process group, as a terminal does. */
export const signalGroup = ({ child }: Running, signal: NodeJS.Signals): boolean =>
  process.kill(-(child.pid ?? Number.NaN), signal)

/** Settles when the condition holds. */
export async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + UNTIL_MS; performance.now() < end; await delay(50)) {
    if (await condition()) return
  }
  throw new Error(`${what}: not within ${UNTIL_MS / 1000} s`)
}

interface Process {
  pid: number
  parent: number
  session: number
  command: string
}

function processes(): Process[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [state = '', parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (state === 'Z') return []
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return [{ pid: Number(pid), parent: Number(parent), session: Number(session), command }]
    } catch {
      return []
    }
  })
}

/** Children of a process, the prover's workers for one. */
export const childrenOf = (pid: number, command = /./): number[] =>
  processes()
    .filter((each) => each.parent === pid && command.test(each.command))
    .map((each) => each.pid)

/** The first child of a process with such a command line. It is an error that there is none: a signal to pid 0 stops the test itself. */
export function childOf(pid: number, command = /./): number {
  const [child] = childrenOf(pid, command)
  if (child === undefined) throw new Error(`process ${pid} has no child like ${command}`)
  return child
}

/** Processes of the session that a call was started in. */
export const sessionOf = ({ child }: Running): string[] =>
  processes()
    .filter(({ session }) => session === child.pid)
    .map(({ command }) => command)

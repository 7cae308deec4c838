import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { codeOf, plainEnvironment } from '../network/commands.ts'
import { inNetwork } from '../network/world.ts'
import { fstab, type Mount, mountedFiles, startScript } from './root-filesystem.ts'

/** Everything that one run of a container needs. */
export interface Start {
  /** The name of its network namespace. */
  readonly network: string
  /** The container's directory in the world. It has the pipes `out` and `err`. */
  readonly directory: string
  readonly hostname: string
  readonly workingDirectory: string
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly mounts: readonly Mount[]
  readonly readOnlyRoot: boolean
  readonly capabilities: string
  readonly output: (stream: 'out' | 'err', chunk: string) => void
}

/** A running container. */
export interface ContainerProcess {
  /** Its first process, as the world numbers it. */
  readonly pid: number
  /** Its exit code, once all of its output has been read. */
  readonly exit: Promise<number>
  signal(name: NodeJS.Signals): void
}

/** The container's program does not exist: an error of the container. All other errors are the node's. */
export class CannotStart extends Error {}

/** Starts a container. Rejects when it ends before its own program has started. */
export async function startProcess(start: Start): Promise<ContainerProcess> {
  const table = `${start.directory}/fstab`
  const isFile = (source: string) => statSync(source, { throwIfNoEntry: false })?.isFile() ?? false
  await writeFile(table, fstab(start.mounts))
  await writeFile(`${table}.files`, mountedFiles(start.mounts, isFile))
  const out = openPipe('out', start)
  const err = openPipe('err', start)
  const [command = '', ...words] = commandOf(start, table)
  const child = spawn(command, words, { env: plainEnvironment, stdio: ['ignore', out.writer, 'pipe', err.writer] })
  for (const { writer } of [out, err]) closeSync(writer)

  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const exit = new Promise<number>((resolve) => {
    child.on('exit', async (code, signal) => {
      await Promise.all([out.ended, err.ended])
      // When SIGKILL ends its child, unshare cannot end by the same signal, and fails with this message.
      const isKilled = signal === 'SIGKILL' || stderr.includes('unblock failed')
      resolve(isKilled ? 137 : (code ?? codeOf(signal)))
    })
  })
  const pid = await started(child, () => stderr, start)
  return { pid, exit, signal: (name) => signalTo(pid, name) }
}

/** nsenter and unshare, the script that becomes the container's program, and its arguments. */
function commandOf(start: Start, table: string): string[] {
  const namespaces = ['unshare', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child=SIGKILL']
  const settings = [table, start.hostname, start.workingDirectory, start.environment.PATH ?? '', start.argv[0] ?? '']
  const limits = [start.readOnlyRoot ? 'yes' : '', start.capabilities]
  const variables = Object.entries(start.environment).map(([name, value]) => `${name}=${value}`)
  const script = ['sh', '-ec', startScript, 'sh', ...settings, ...limits]
  return [...inNetwork(start.network), ...namespaces, ...script, ...variables, ...start.argv]
}

/** The container's first process, once the script reports it. */
function started(child: ChildProcess, stderr: () => string, start: Start): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(refusal(stderr(), start))
    child.on('error', refuse)
    // A program that ends at once may end before its report is read. The event `close` comes after all output.
    child.on('close', refuse)
    child.stderr?.on('data', () => {
      const found = /^started (\d+)$/m.exec(stderr())
      if (found) resolve(Number(found[1]))
    })
  })
}

function signalTo(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // The process has ended.
  }
}

/** Opens a named pipe. Unlike the pipes that Node makes, a program can open it again as /dev/stdout. */
function openPipe(stream: 'out' | 'err', { directory, output }: Start): { writer: number; ended: Promise<void> } {
  const file = `${directory}/${stream}`
  const reader = new Socket({ fd: openSync(file, constants.O_RDONLY | constants.O_NONBLOCK), writable: false })
  const writer = openSync(file, constants.O_WRONLY)
  reader.setEncoding('utf8').on('data', (chunk: string) => output(stream, chunk))
  return { writer, ended: new Promise((resolve) => reader.on('close', () => resolve())) }
}

function refusal(stderr: string, { argv }: Start): Error {
  if (!stderr.includes('missing ')) return new Error(stderr.trim() || 'the container ended before its program began')
  return new CannotStart(
    `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: ${JSON.stringify(argv[0])}: executable file not found in $PATH`,
  )
}

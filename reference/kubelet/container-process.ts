import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { codeOf, plainEnvironment } from '../network/commands.ts'
import { inNetwork } from '../network/world.ts'
import { fstab, type Mount, mountedFiles, startScript } from './root-filesystem.ts'

/** All that one run of a container needs. */
export interface Start {
  /** The network namespace that it runs in. */
  readonly network: string
  /** A directory of the world for its files, with the pipes `out` and `err` in it. */
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
  /** Its exit code, once all that it wrote has been read. */
  readonly exit: Promise<number>
  signal(name: NodeJS.Signals): void
}

/** A container's program was not there to start: an error of the container, where all others are the node's. */
export class CannotStart extends Error {}

/** Starts a container; rejects when it does not come as far as its own program. */
export async function startProcess(start: Start): Promise<ContainerProcess> {
  const table = `${start.directory}/fstab`
  const isFile = (source: string) => statSync(source, { throwIfNoEntry: false })?.isFile() ?? false
  await writeFile(table, fstab(start.mounts))
  await writeFile(`${table}.files`, mountedFiles(start.mounts, isFile))
  const pipes = (['out', 'err'] as const).map((stream) => openPipe(`${start.directory}/${stream}`, stream, start))
  const [command = '', ...words] = [
    ...inNetwork(start.network),
    ...['unshare', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child=SIGKILL'],
    ...['sh', '-ec', startScript, 'sh', table, start.hostname, start.workingDirectory],
    ...[start.environment.PATH ?? '', start.argv[0] ?? '', start.readOnlyRoot ? 'yes' : '', start.capabilities],
    ...Object.entries(start.environment).map(([name, value]) => `${name}=${value}`),
    ...start.argv,
  ]
  const child = spawn(command, words, {
    env: plainEnvironment,
    stdio: ['ignore', pipes[0]?.writer, 'pipe', pipes[1]?.writer],
  })
  for (const { writer } of pipes) closeSync(writer)

  let said = ''
  const exit = new Promise<number>((resolve) => {
    child.on('exit', async (code, signal) => {
      await Promise.all(pipes.map(({ ended }) => ended))
      // unshare cannot die of its child's SIGKILL, and says so.
      resolve(signal === 'SIGKILL' || said.includes('unblock failed') ? 137 : (code ?? codeOf(signal)))
    })
  })
  const pid = await new Promise<number>((resolve, reject) => {
    const refuse = () => reject(refusal(said, start))
    child.on('error', refuse)
    child.on('exit', () => setImmediate(refuse))
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const found = /^started (\d+)$/m.exec(said)
      if (found) resolve(Number(found[1]))
    })
  })
  return {
    pid,
    exit,
    signal: (name) => {
      try {
        process.kill(pid, name)
      } catch {
        // It is gone already.
      }
    },
  }
}

/** A pipe of the file system: unlike what Node would make, a program can open it again as /dev/stdout. */
function openPipe(file: string, stream: 'out' | 'err', { output }: Start): { writer: number; ended: Promise<void> } {
  const reader = new Socket({ fd: openSync(file, constants.O_RDONLY | constants.O_NONBLOCK), writable: false })
  const writer = openSync(file, constants.O_WRONLY)
  reader.setEncoding('utf8').on('data', (chunk: string) => output(stream, chunk))
  return { writer, ended: new Promise((resolve) => reader.on('close', () => resolve())) }
}

function refusal(said: string, { argv }: Start): Error {
  if (!said.includes('missing ')) return new Error(said.trim() || 'the container ended before its program began')
  return new CannotStart(
    `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: ${JSON.stringify(argv[0])}: executable file not found in $PATH`,
  )
}

import { execa } from 'execa'
import type { ClusterFacts } from '../contract/cluster.ts'
import { sentence, Trouble } from '../contract/errors.ts'
import { groupEnds } from './process-group.ts'

/** What a command says of its failure. */
export interface CommandError {
  code?: string
  stderr?: string
  stdout?: string
  shortMessage?: string
  exitCode?: number
}

interface Options {
  input?: string
  signal?: AbortSignal | undefined
  /** Milliseconds after which it is ended. */
  timeout?: number
  /** If it fails, waits until what it has started has ended too. */
  whole?: boolean
  /** Variables in addition to those of this process. */
  env?: Record<string, string>
}

/**
 * Runs a command of this machine; stdin is closed, Ctrl-C in the terminal reaches flatnet alone, which ends it in order.
 * @returns its stdout.
 */
export async function tool(
  argv: readonly string[],
  { input, signal, timeout, env, whole }: Options = {},
): Promise<string> {
  const [command = '', ...args] = argv
  const child = execa(command, args, {
    detached: true,
    cleanup: true,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    ...(signal && { cancelSignal: signal }),
    ...(timeout !== undefined && { timeout }),
    ...(env && { env }),
  })
  try {
    return (await child).stdout
  } catch (error) {
    if (whole) await groupEnds(child.pid)
    throw error
  }
}

/** Lines of what a command wrote to stderr. */
const linesOf = ({ stderr = '' }: CommandError): string[] =>
  stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

/** What a failed tool said, shortened to its last line of substance. */
export function complaint(error: unknown): string {
  const lines = linesOf(error as CommandError)
  return (
    lines.findLast((line) => /error/i.test(line)) ??
    lines.at(-1) ??
    (error as CommandError).shortMessage ??
    String(error)
  )
}

const ON_NODE_MS = 60_000

/**
 * Runs a shell script in a node's root network namespace, until its first command that fails.
 * @param signal ends the shell.
 * @returns its stdout.
 * @throws Trouble with the last line that it wrote to stderr, or where there is no way to run commands on that node.
 */
export async function onNode(
  { nodeShell }: Pick<ClusterFacts, 'nodeShell'>,
  node: string,
  script: string,
  signal?: AbortSignal,
): Promise<string> {
  const words = nodeShell[node] ?? []
  if (words.length === 0) throw new Trouble(`there is no way to run commands on node ${node}.`)
  try {
    return await tool([...words, 'sh', '-ec', script], { signal, timeout: ON_NODE_MS })
  } catch (error) {
    const { shortMessage = '' } = error as CommandError
    throw new Trouble(linesOf(error as CommandError).at(-1) || shortMessage.split('\n')[0] || sentence(error))
  }
}

/**
 * Runs a shell script in a node's root network namespace, and later the script that undoes it, in one shell. The shell
 * undoes it as well when this process ends, because its stdin ends then, when it is ended itself, and when a command
 * of the script fails.
 * @returns the function that undoes it.
 * @throws Trouble as `onNode` does.
 */
export async function holdOnNode(
  { nodeShell }: Pick<ClusterFacts, 'nodeShell'>,
  node: string,
  script: string,
  undo: string,
): Promise<() => Promise<void>> {
  const [command = '', ...words] = nodeShell[node] ?? []
  if (command === '') throw new Trouble(`there is no way to run commands on node ${node}.`)
  const child = execa(command, [...words, 'sh', '-ec', holding(script, undo)], {
    detached: true,
    timeout: 10 * ON_NODE_MS,
  })
  const ended = child.then(
    () => undefined,
    (error: unknown) => {
      throw new Trouble(linesOf(error as CommandError).at(-1) || sentence(error))
    },
  )
  const tooEarly = ended.then(() => {
    throw new Trouble(`the shell on node ${node} ended before its script did.`)
  })
  const held = new Promise<void>((resolve) => {
    let written = ''
    child.stdout.on('data', (chunk: Buffer) => {
      written += chunk.toString()
      if (/^held$/m.test(written)) resolve()
    })
  })
  await Promise.race([held, tooEarly])
  tooEarly.catch(() => {})
  return async () => {
    child.stdin.end('done\n')
    await ended
  }
}

/** A shell program that says that it has run the script, waits for the end of its stdin, and undoes it. */
const holding = (script: string, undo: string): string => `undo() {
${undo}
}
trap 'undo >/dev/null 2>&1 || :' EXIT
trap 'exit 143' HUP TERM
${script}
echo held
read -r line || :
trap - EXIT
undo`

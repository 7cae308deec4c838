import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { UsageError } from '../../contract/errors.ts'
import { hostAndPort } from '../../contract/host-and-port.ts'

/** How long a watch lasts, and what it allows. Times are in milliseconds. */
export interface WatchOptions {
  /** How long; undefined: until the command has ended, or until it is stopped. */
  forMs?: number
  /** The command that does something to the cluster. */
  command: string[]
  settleMs: number
  everyMs: number
  budgetMs?: number
  metrics?: { host?: string; port: number }
}

/** The flags of `flatnet watch` that are no settings, as commander gives them. */
export interface WatchFlags {
  for?: string
  settle: string
  every: string
  budget?: string
  metrics?: string
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const LEAST_EVERY_MS = 20
const MOST_EVERY_MS = 10_000

/** A duration such as `500ms`, `2m` or `1.5h`, in milliseconds. @throws UsageError that names the flag. */
export function duration(flag: string, word: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(word) ?? []
  const factor = UNITS[unit]
  if (number === undefined || factor === undefined)
    throw new UsageError(`${flag} takes a duration such as 500ms, 30s or 2m; not ${JSON.stringify(word)}.`)
  return Number(number) * factor
}

/** Checks the flags and the command of a watch. @throws UsageError with the first mistake. */
export function watchOptions(command: string[], flags: WatchFlags): WatchOptions {
  const forMs = flags.for === undefined ? undefined : duration('--for', flags.for)
  if (forMs === 0) throw new UsageError('--for takes a duration above zero.')
  if (forMs !== undefined && command.length > 0)
    throw new UsageError('a watch lasts as long as its command; leave --for out, or the command.')
  if (forMs === undefined && command.length === 0 && flags.metrics === undefined)
    throw new UsageError(
      'expected how long to watch: --for 2m, or a command after --, or --metrics :9090 to go on until it is stopped.',
    )
  const everyMs = duration('--every', flags.every)
  if (everyMs < LEAST_EVERY_MS || everyMs > MOST_EVERY_MS)
    throw new UsageError(
      `--every takes a duration from ${LEAST_EVERY_MS}ms to ${MOST_EVERY_MS / 1000}s; not ${flags.every}.`,
    )
  const [program] = command
  if (program !== undefined && !isProgram(program))
    throw new UsageError(`cannot start ${JSON.stringify(program)}: there is no such program.`)
  return {
    command,
    everyMs,
    settleMs: duration('--settle', flags.settle),
    ...(forMs !== undefined && { forMs }),
    ...(flags.budget !== undefined && { budgetMs: duration('--budget', flags.budget) }),
    ...(flags.metrics !== undefined && { metrics: listening(flags.metrics) }),
  }
}

/** Where metrics are served: `:9090` on all addresses, or `HOST:9090`. */
function listening(word: string): { host?: string; port: number } {
  const found = hostAndPort(word.startsWith(':') ? `0.0.0.0${word}` : word)
  if (!found) throw new UsageError(`--metrics takes [HOST]:PORT, such as :9090; not ${JSON.stringify(word)}.`)
  return word.startsWith(':') ? { port: found.port } : found
}

/** Whether a word names a program, by the rules of a shell. */
function isProgram(word: string): boolean {
  const folders = word.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => {
    const path = folder === '' ? word : join(folder, word)
    try {
      accessSync(path, constants.X_OK)
      return statSync(path).isFile()
    } catch {
      return false
    }
  })
}

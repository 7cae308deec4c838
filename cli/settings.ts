import { existsSync, readFileSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import { Settings, withMirror } from '../contract/settings.ts'

const DEFAULT_FILE = 'flatnet.yaml'

const Head = z.looseObject({
  apiVersion: z.literal('flatnet/v1', { error: 'expected apiVersion: flatnet/v1' }),
  kind: z.literal('Configuration', { error: 'expected kind: Configuration' }),
})

type Flags = Record<string, unknown>

/**
 * The settings of a call: defaults, overridden by flatnet.yaml, overridden by flags. Flags that are no settings are ignored.
 * @throws UsageError with the file, the line and the nearest known name.
 */
export function readSettings(flags: Flags, features: readonly string[]): Settings {
  const file = flags.config ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined)
  const fromFile = file === undefined ? {} : readFile(String(file))
  const settings = Object.entries(flags).filter(([name]) => name in Settings.shape)
  const merged = { ...fromFile, ...Object.fromEntries(settings), ...(features.length > 0 && { features }) }
  const parsed = Settings.safeParse(merged, { reportInput: true })
  if (!parsed.success) throw flagError(parsed.error.issues[0])
  return withMirror(parsed.data)
}

function readFile(file: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`)
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken) throw new UsageError(`${file}, line ${lines.linePos(broken.pos[0]).line}: not YAML (${broken.code}).`)
  const content: unknown = document.toJS()
  const at = (path: readonly PropertyKey[]) => {
    const node = document.getIn(path as unknown[], true) as { range?: [number, number, number] } | undefined
    return `${file}, line ${node?.range ? lines.linePos(node.range[0]).line : 1}`
  }
  const head = Head.safeParse(content)
  if (!head.success) throw new UsageError(`${file}, line 1: ${head.error.issues[0]?.message ?? 'not a configuration'}.`)
  const { apiVersion: _, kind: __, ...body } = head.data
  const parsed = Settings.partial().safeParse(body)
  if (parsed.success) return body
  const issue = parsed.error.issues[0]
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    throw new UsageError(`${at([...issue.path, key])}: unknown key ${key}${didYouMean(key, keysAt(issue.path))}`)
  }
  throw new UsageError(`${at(issue?.path ?? [])}: ${issue?.path.join('.')}: ${issue?.message}.`)
}

/** The keys that are allowed at this path. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let at: unknown = z.toJSONSchema(Settings, { io: 'input' })
  for (const step of path) {
    const { properties, items } = at as { properties?: Record<string, unknown>; items?: unknown }
    at = typeof step === 'number' ? items : properties?.[String(step)]
  }
  return Object.keys((at as { properties?: object } | undefined)?.properties ?? {})
}

const flagName = (path: readonly PropertyKey[]) =>
  `--${String(path[0]).replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`

function flagError(issue: z.core.$ZodIssue | undefined): UsageError {
  if (!issue) return new UsageError('the settings are invalid.')
  if (issue.code === 'invalid_value') {
    return new UsageError(
      `${flagName(issue.path)} takes ${issue.values.join(', ')}; not ${JSON.stringify(issue.input ?? '')}.`,
    )
  }
  return new UsageError(`${flagName(issue.path)}: ${issue.message.replace(/^Invalid input: /, '')}.`)
}

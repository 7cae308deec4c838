import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const MAIN = join(ROOT, 'bin', 'flatnet.mjs')

/** A call that hangs is a failure and not a test that never ends. */
const LONGEST = { timeout: 150_000, killSignal: 'SIGKILL' } as const

/** What a call of the command line came to. */
export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A call that is still going on. */
export interface Running {
  readonly child: ChildProcess
  readonly done: Promise<Outcome>
  /** Settles when stderr matches; fails with what there was when the call ends before. */
  says(words: RegExp): Promise<RegExpExecArray>
}

/** An empty folder as the user's home and working directory: nothing of this machine is read or changed. */
export class Desk implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'flatnet-acceptance-'))

  file(name: string, text: string): string {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), text, { mode: 0o600 })
    return name
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  has(name: string): boolean {
    return existsSync(this.path(name))
  }

  /** The report of a run with the default output. */
  report(): Report {
    return parse(readFileSync(this.path('flatnet-report', 'report.yaml'), 'utf8')) as Report
  }

  start(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    main: readonly string[] = [MAIN],
    longest?: number,
  ): Running {
    return start([process.execPath, ...main, ...args], this.folder, this.environment(env), longest)
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return this.start(args, env).done
  }

  /** Docker is out of reach: no test may meet containers that are not its own. */
  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const own = { HOME: this.folder, XDG_STATE_HOME: this.path('state'), DOCKER_HOST: 'tcp://127.0.0.1:1' }
    const drop = ['CI', 'KUBECONFIG', 'FLATNET_CLUSTER', 'FORCE_COLOR', 'NO_COLOR', 'NODE_OPTIONS', 'NODE_TEST_CONTEXT']
    const kept = Object.entries(process.env).filter(([name]) => !drop.includes(name))
    return { ...Object.fromEntries(kept), ...own, ...more }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The parts of report.yaml that tests look at; its whole shape is checked by a schema of its own. */
export interface Report {
  result: string
  because?: string
  profiles: {
    name: string
    failed: { id: string; row?: string; expected: string; because: string }[]
    inconclusive?: { id: string; row?: string; because: string }[]
    skipped: { id: string; because: string }[]
    statistics: Record<'passed' | 'failed' | 'skipped' | 'inconclusive', number>
  }[]
}

/** Why a row is not judged on a busy machine. */
export const BUSY = /too busy|[Tt]oo slow|is slow|had no CPU|late answer explains|did not answer within|within limits\./

/** Ids of the promises that were found broken. */
export const broken = (report: Report): string[] =>
  [...new Set(report.profiles.flatMap(({ failed }) => failed.map(({ id }) => id)))].sort()

export function start(
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  longest: number = LONGEST.timeout,
): Running {
  const [command = '', ...args] = argv
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], ...LONGEST, timeout: longest })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  const says = (words: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = words.exec(stderr)
        if (found) resolve(found)
      }
      child.stderr.on('data', look)
      look()
      done.then(() => reject(new Error(`it ended without saying ${words}:\n${stderr}${stdout}`)), reject)
    })
  return { child, done, says }
}

/** The one sentence of a call that did not come to a verdict; fails when there is none or more than one. */
export function sentenceOf({ stderr }: Outcome): string {
  const said = stderr.split('\n').filter((line) => line.startsWith('flatnet: '))
  assert.equal(said.length, 1, `one sentence, not ${said.length}:\n${stderr}`)
  assert.doesNotMatch(stderr, /^\s+at |^\w*Error/m, 'no stack trace')
  const [line = ''] = said
  assert.match(line, /^flatnet: \S.*[^.][.?!)]$/, 'a sentence ends once')
  return line.slice('flatnet: '.length)
}

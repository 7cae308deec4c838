import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { ProofReport } from '../../prover/report.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/flatnet.mjs', import.meta.url))

/** The part of report.yaml's object that these tests read. */
export interface Report {
  because?: string
  profiles: {
    name: string
    failed: { id: string; because: string }[]
    inconclusive?: { id: string; because: string }[]
    skipped: { id: string; because: string }[]
  }[]
  run: { apiRequests: number; seconds: number; left?: string[] }
}

export interface Outcome {
  code: number | undefined
  stdout: string
  report: Report
  /** What a proof came to. */
  proof?: ProofReport
}

/** Runs the compiled command line; the report is the one that it wrote. */
export async function flatnet(args: string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'flatnet-'))
  const reports = args[0] === 'run' || args[0] === 'prove'
  const output = reports ? ['--output', folder, '--json'] : []
  const { exitCode, stdout, all } = await execa(process.execPath, [PROGRAM, ...args, ...output], {
    reject: false,
    all: true,
    stdin: 'ignore',
  })
  const report =
    args[0] === 'run' && exitCode !== 64
      ? (JSON.parse(stdout || '{}') as Report)
      : { profiles: [], run: { apiRequests: 0, seconds: 0 } }
  rmSync(folder, { recursive: true })
  const proof = args[0] === 'prove' && stdout !== '' ? { proof: ProofReport.parse(JSON.parse(stdout)) } : {}
  return { code: exitCode, stdout: reports ? all : stdout, report, ...proof }
}

/** Runs a tool and gives its stdout. */
export async function tool([command = '', ...args]: string[], input = ''): Promise<string> {
  return (await execa(command, args, { input })).stdout
}

/** Whether Docker answers and kind is on PATH. */
export const kindIsHere = (): Promise<boolean> =>
  Promise.all([tool(['docker', 'version']), tool(['kind', 'version'])]).then(
    () => true,
    () => false,
  )

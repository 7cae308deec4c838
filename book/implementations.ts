import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { sentence, UsageError } from '../contract/errors.ts'
import { ConformanceReport } from '../reports/schema.ts'

/** A published report of one network, and the name of its file without `.yaml`. */
export interface Implementation {
  name: string
  report: ConformanceReport
  /** The file's text, byte for byte. */
  text: string
}

/**
 * The reports of a folder, in the order of their file names. Reports of networks are published as such files: NAME.yaml.
 * @throws UsageError if there is none, or if a file is no report.
 */
export function readImplementations(folder: string): Implementation[] {
  const files = filesOf(folder)
  if (files.length === 0) throw new UsageError(`${folder} has no reports; expected files NAME.yaml.`)
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return { name: basename(file, '.yaml'), report: reportIn(text, join(folder, file)), text }
  })
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[\w.-]+\.yaml$/.test(name))
      .sort()
  } catch (error) {
    throw new UsageError(`the reports in ${folder} cannot be read: ${sentence(error)}`)
  }
}

function reportIn(text: string, file: string): ConformanceReport {
  const read = ConformanceReport.safeParse(yamlIn(text))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new UsageError(
    `${file} is no report of flatnet run${issue && issue.path.length > 0 ? ` (${issue.path.join('.')}: ${issue.message})` : ''}; expected a report.yaml.`,
  )
}

function yamlIn(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

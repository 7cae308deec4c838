import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../../contract/errors.ts'

/** Marks a folder of reports. A run deletes an earlier run's reports, and nothing in a folder without this mark. */
const MARK = '.flatnet'
const MARK_TEXT = 'flatnet writes its reports into this folder, and deletes those of earlier runs.\n'

/** What a run writes and what is deleted before the next one. */
const REPORTS = [
  ...['allure', 'allure-results', 'evidence', 'timelines', 'index.html', 'junit.xml', 'messages.ndjson'],
  'report.yaml',
]
/** What `flatnet prove` writes. */
const PROOF = 'proof.json'

/**
 * Gives the folder of the reports, and deletes the reports of an earlier run from it.
 * @throws UsageError if it holds files of such names that flatnet did not write, before anything is deleted.
 */
export function emptiedFolder(output: string): string {
  const folder = markedFolder(output)
  for (const earlier of REPORTS) rmSync(join(folder, earlier), { recursive: true, force: true })
  return folder
}

/** Gives the folder of the reports, creates it if it does not exist, and marks it. @throws like `emptiedFolder`. */
export function markedFolder(output: string): string {
  const folder = resolve(output)
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new UsageError(`--output ${output}: this is a file; name a folder.`)
  const foreign =
    existsSync(folder) && !isOurs(folder) ? [...REPORTS, PROOF].filter((name) => existsSync(join(folder, name))) : []
  if (foreign.length > 0)
    throw new UsageError(
      `--output ${output}: this folder has ${foreign.join(', ')}, which flatnet did not write and would overwrite; name another folder.`,
    )
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, MARK), MARK_TEXT)
  return folder
}

/** Whether flatnet wrote the reports in a folder: it has the mark, or a report of a version that set none. */
function isOurs(folder: string): boolean {
  const beginning = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').slice(0, 200) : ''
  return (
    readdirSync(folder).includes(MARK) ||
    beginning('report.yaml').startsWith('apiVersion: flatnet/') ||
    beginning(PROOF).includes('"apiVersion": "flatnet/')
  )
}

import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../../contract/errors.ts'
import { MEDIA } from '../../contract/media.ts'
import { emptiedResults, keepHistory } from '../../reports/allure/history.ts'

/** What a run writes into its folder, besides the messages. */
const REPORTS = [
  ...['allure', 'allure-results', 'badge.svg', 'ctrf.json', 'cucumber.html', 'evidence', 'index.html', 'junit.xml'],
  ...['report.yaml', 'summary.md', 'timelines'],
]
const ALLURE = 'allure-results'
const MESSAGES = 'messages.ndjson'
const PROOF = 'proof.json'

/** Files that flatnet writes into a folder, and how it knows a folder where it has done so. */
export interface Own {
  /** How the folder was named on the command line. */
  called: string
  files: readonly string[]
  isOurs: (folder: string) => boolean
  /** Which folders are good. */
  expected: string
}

/**
 * A folder to write into, as an absolute path. It may have files of our own, which are replaced, and files that flatnet does not
 * write, which stay.
 * @throws UsageError if it is a file, or has somebody else's file under a name that flatnet writes.
 */
export function ownFolder(path: string, { called, files, isOurs, expected }: Own): string {
  const folder = resolve(path)
  if (!existsSync(folder)) return folder
  if (!statSync(folder).isDirectory()) throw new UsageError(`${called} is a file; expected a folder.`)
  const foreign = files.find((name) => existsSync(join(folder, name)))
  if (foreign !== undefined && !isOurs(folder))
    throw new UsageError(`${called} has ${foreign}, which flatnet did not write; expected ${expected}.`)
  return folder
}

/** The folder of `--output`, as an absolute path: a new one, an empty one, or one of an earlier run or proof. */
export const checkedFolder = (output: string): string =>
  ownFolder(output, {
    called: `--output ${output}`,
    files: [...REPORTS, MESSAGES, PROOF],
    isOurs: (folder) => isOfRun(folder) || isOfProof(folder),
    expected: 'a new folder, an empty one, or one of an earlier run',
  })

/** Makes the folder, without the reports of an earlier run. Only the history of Allure's pages stays. */
export function emptied(folder: string): void {
  keepHistory(folder)
  for (const earlier of REPORTS.filter((name) => name !== ALLURE))
    rmSync(join(folder, earlier), { recursive: true, force: true })
  if (existsSync(join(folder, ALLURE))) emptiedResults(join(folder, ALLURE))
  mkdirSync(folder, { recursive: true })
}

/** Whether a run wrote its messages there: they begin with its facts. A run that was killed at once leaves an empty file. */
function isOfRun(folder: string): boolean {
  const file = join(folder, MESSAGES)
  if (!existsSync(file)) return false
  const { length } = MEDIA.facts
  const begin = Buffer.alloc(100 + length)
  const opened = openSync(file, 'r')
  const read = readSync(opened, begin)
  closeSync(opened)
  return read === 0 || begin.includes(MEDIA.facts)
}

function isOfProof(folder: string): boolean {
  const file = join(folder, PROOF)
  return existsSync(file) && /"apiVersion": "flatnet\//.test(readFileSync(file, 'utf8').slice(0, 100))
}

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

/**
 * The folder of `--output`, as an absolute path. It may have reports of an earlier run or proof, which are replaced, and files that
 * flatnet does not write, which stay.
 * @throws UsageError if it is a file, or has somebody else's file under a name that flatnet writes.
 */
export function checkedFolder(output: string): string {
  const folder = resolve(output)
  if (!existsSync(folder)) return folder
  if (!statSync(folder).isDirectory()) throw new UsageError(`--output ${output} is a file; expected a folder.`)
  const [foreign] = [...REPORTS, MESSAGES, PROOF].filter((name) => existsSync(join(folder, name)))
  if (foreign !== undefined && !isOfRun(folder) && !isOfProof(folder))
    throw new UsageError(
      `--output ${output} has ${foreign}, which flatnet did not write; expected a new folder, an empty one, or one of an earlier run.`,
    )
  return folder
}

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

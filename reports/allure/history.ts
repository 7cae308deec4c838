import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file of the history inside a page that is a single file: its name, and its content in base 64. */
const EMBEDDED = /\bd\('history\/([\w-]+\.json)','([A-Za-z0-9+/=]*)'\)/g

/** Writes the history out of a page that is a single file, so that the next page can show trends. */
export function writeHistory(page: string, to: string): void {
  for (const [, name = '', content = ''] of readFileSync(page, 'utf8').matchAll(EMBEDDED)) {
    mkdirSync(to, { recursive: true })
    writeFileSync(join(to, name), Buffer.from(content, 'base64'))
  }
}

/** Moves the history of an earlier page of a folder to where Allure looks for it. */
export function keepHistory(run: string): void {
  const [from, to] = [join(run, 'allure', 'history'), join(run, 'allure-results', 'history')]
  if (!existsSync(from)) return
  mkdirSync(dirname(to), { recursive: true })
  rmSync(to, { recursive: true, force: true })
  renameSync(from, to)
}

/** Removes everything from a folder of Allure's results but the history. */
export function emptiedResults(folder: string): void {
  for (const name of readdirSync(folder)) if (name !== 'history') rmSync(join(folder, name), { recursive: true })
}

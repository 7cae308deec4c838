import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readImplementations } from '../../book/implementations.ts'
import { bookOf, MARK } from '../../book/index.ts'
import { EXIT } from '../../contract/exit.ts'
import { readRun } from '../../reports/read.ts'
import { readSpecification } from '../../suite/features.ts'
import { ownFolder } from '../run/folder.ts'

interface Flags {
  /** The folder of a run, which the book shows. */
  run?: string
  /** A folder with reports of tested networks. */
  reports?: string
}

/** `flatnet docs DIR`: writes the book, and prints the path of its first page. */
export async function docs(path: string, { run, reports }: Flags): Promise<number> {
  const model = run === undefined ? undefined : await readRun(run)
  const implementations = reports === undefined ? undefined : readImplementations(reports)
  const files = bookOf(readSpecification(), { model, implementations })
  const folder = ownFolder(path, {
    called: path,
    files: [...files.keys()],
    isOurs: (own) => isPage(join(own, 'index.html')),
    expected: 'a new folder, an empty one, or one of an earlier book',
  })
  mkdirSync(folder, { recursive: true })
  // An earlier version may have had other chapters.
  for (const name of readdirSync(folder)) if (isPage(join(folder, name))) rmSync(join(folder, name))
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
  process.stdout.write(`${relative(process.cwd(), join(folder, 'index.html'))}\n`)
  return EXIT.ok
}

/** Whether a file is a page of the book. */
const isPage = (file: string): boolean =>
  file.endsWith('.html') &&
  existsSync(file) &&
  statSync(file).isFile() &&
  readFileSync(file, 'utf8').slice(0, 300).includes(MARK)

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { sentence, Trouble, UsageError } from '../../contract/errors.ts'
import { keepHistory, writeHistory } from './history.ts'

/** An npm package that makes a page of Allure results: one file that needs no web server. */
interface Renderer {
  name: string
  needsJava: boolean
  command: string
}

/** The renderers, in the order of preference. Allure 3 makes the page of Allure 2, because its own page always loads Google's analytics. */
const RENDERERS: Renderer[] = [
  { name: 'allure-commandline', needsJava: true, command: 'generate' },
  { name: 'allure', needsJava: false, command: 'allure2' },
]

/** Milliseconds after which rendering counts as stuck; a run of all scenarios takes two seconds. */
const LONGEST = 120_000

/** The page, and the package that rendered it, with its version. */
export interface Rendered {
  page: string
  by: string
}

/**
 * Renders the Allure results of a run into `allure/` of its folder.
 * @throws UsageError if the folder is not the folder of a run; Trouble if no installed package can render them.
 */
export async function renderAllure(run: string): Promise<Rendered> {
  if (!existsSync(run)) throw new UsageError(`there is no folder ${run}.`)
  const results = resolve(run, 'allure-results')
  if (!existsSync(results) || !readdirSync(results).some((name) => name.endsWith('-result.json')))
    throw new UsageError(`there are no Allure results in ${run}; it takes the --output folder of a flatnet run.`)

  const hasJava = await findJava()
  for (const { name, needsJava, command } of RENDERERS) {
    const program = needsJava && !hasJava ? undefined : programOf(name)
    if (program === undefined) continue
    const to = resolve(run, 'allure')
    keepHistory(run)
    rmSync(to, { recursive: true, force: true })
    const args = [program.path, command, '--single-file', '--output', to, results]
    await execa(process.execPath, args, { timeout: LONGEST, env: { ALLURE_NO_ANALYTICS: 'true' } }).catch((error) => {
      throw new Trouble(`${name} ${program.version} cannot render ${results}: ${sentence(error)}`)
    })
    writeHistory(join(to, 'index.html'), join(to, 'history'))
    return { page: join(to, 'index.html'), by: `${name} ${program.version}` }
  }
  const lack = hasJava ? 'is not installed' : 'needs Java'
  throw new Trouble(
    `Allure's page cannot be rendered: allure-commandline ${lack}, and Allure 3, which works without Java, is not installed; add it with npx -p flatnet -p allure@3 flatnet report --allure ${run}.`,
  )
}

const java = () => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java')

const findJava = (): Promise<boolean> =>
  execa(java(), ['-version']).then(
    () => true,
    () => false,
  )

/** The program of an npm package; undefined if the package is not installed. */
function programOf(name: string): { path: string; version: string } | undefined {
  let manifest: string | undefined
  try {
    manifest = findPackageJSON(name, import.meta.url)
  } catch {
    return undefined
  }
  if (manifest === undefined) return undefined
  const { bin, version } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest
  return { path: join(dirname(manifest), typeof bin === 'string' ? bin : (bin.allure ?? '')), version }
}

interface Manifest {
  bin: string | Record<string, string>
  version: string
}

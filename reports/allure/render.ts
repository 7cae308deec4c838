import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { sentence, Trouble, UsageError } from '../../contract/errors.ts'

/** An npm package whose command makes a page of Allure's results: one file that needs no web server. */
interface Renderer {
  name: string
  needsJava: boolean
  command: string
}

/** In the order in which they are tried. Allure 3 makes Allure 2's page: its own loads Google's analytics, whatever it is told. */
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
 * @throws UsageError where the folder is not a run's; Trouble where nothing that is installed can render them.
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
    rmSync(to, { recursive: true, force: true })
    const args = [program.path, command, '--single-file', '--output', to, results]
    await execa(process.execPath, args, { timeout: LONGEST, env: { ALLURE_NO_ANALYTICS: 'true' } }).catch((error) => {
      throw new Trouble(`${name} ${program.version} cannot render ${results}: ${sentence(error)}`)
    })
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

/** The program of an npm package that may be installed beside flatnet; undefined where it is not. */
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

import { relative } from 'node:path'
import { UsageError } from '../../contract/errors.ts'
import { renderAllure } from '../../reports/allure/render.ts'

/** `flatnet report --allure DIR`: renders the Allure results of a run, and prints the path of the page. */
export async function report(runs: readonly string[], { allure }: { allure?: boolean }): Promise<number> {
  const [run = 'flatnet-report', ...more] = runs
  if (!allure) throw new UsageError('flatnet report needs to know what to render: flatnet report --allure DIR.')
  if (more.length > 0) throw new UsageError(`--allure renders one run; not ${runs.join(' and ')}.`)
  const { page, by } = await renderAllure(run)
  process.stderr.write(`flatnet: rendered by ${by}\n`)
  process.stdout.write(`${relative(process.cwd(), page)}\n`)
  return 0
}

import { relative, resolve } from 'node:path'
import { UsageError } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import { printedJson, withoutCommands } from '../../contract/visible.ts'
import { renderAllure } from '../../reports/allure/render.ts'
import { writeAllure } from '../../reports/allure/results.ts'
import { compare } from '../../reports/compare.ts'
import { mergeRuns } from '../../reports/merge.ts'
import { readRun } from '../../reports/read.ts'
import { writeReport } from '../../reports/report.ts'
import { judge } from '../../reports/verdict.ts'
import { comparisonLines } from '../report/lines.ts'
import { checkedFolder, emptied } from '../run/folder.ts'
import { painter } from '../terminal.ts'

interface Flags {
  allure?: boolean
  merge?: boolean
  output?: string
  json?: boolean
}

/**
 * `flatnet report DIR`: writes all reports of a run again, from its messages alone. `report A B`: compares two runs.
 * `report --merge DIR...`: writes the reports of the whole run that these are the shards of.
 * `report --allure DIR`: renders the Allure results of a run, and prints the path of the page.
 */
export async function report(runs: readonly string[], { allure, json, merge, output }: Flags): Promise<number> {
  if (merge && allure) throw new UsageError('--allure renders one run; merge the shards first.')
  if (merge) return mergeShards(runs, output ?? 'flatnet-report', json)
  if (output !== undefined) throw new UsageError('--output is the folder of a merged report: add --merge.')
  const [run = 'flatnet-report', after, ...more] = runs
  if (allure && after !== undefined) throw new UsageError(`--allure renders one run; not ${runs.join(' and ')}.`)
  if (more.length > 0) throw new UsageError(`report takes one run, or two to compare; not ${runs.length}.`)
  if (allure) return renderPage(run)
  if (after === undefined) return rewrite(run, json)
  const [a, b] = [await readRun(run), await readRun(after)]
  const comparison = compare(a, judge(a), b, judge(b))
  const lines = () => comparisonLines(comparison, painter(process.stdout)).join('\n')
  process.stdout.write(json ? printedJson(comparison) : `${withoutCommands(lines())}\n`)
  return comparison.isWorse ? EXIT.failed : EXIT.ok
}

async function mergeShards(runs: readonly string[], output: string, json = false): Promise<number> {
  const folder = checkedFolder(output)
  const same = runs.find((run) => resolve(run) === folder)
  if (same !== undefined) throw new UsageError(`--output ${output} is one of the shards; expected another folder.`)
  // Read before anything is written: they may be no shards.
  await mergeRuns(runs, folder, () => emptied(folder))
  await rewrite(output, json)
  return judge(await readRun(output)).exitCode
}

async function renderPage(run: string): Promise<number> {
  const { page, by } = await renderAllure(run)
  process.stderr.write(`flatnet: rendered by ${by}\n`)
  process.stdout.write(`${relative(process.cwd(), page)}\n`)
  return EXIT.ok
}

async function rewrite(run: string, json = false): Promise<number> {
  const model = await readRun(run)
  const verdict = judge(model)
  const object = writeReport(run, model, verdict)
  writeAllure(run, model, verdict)
  process.stdout.write(json ? printedJson(object) : `${run}/index.html\n`)
  return EXIT.ok
}

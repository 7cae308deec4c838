import { appendFileSync } from 'node:fs'
import { clipped, visible } from '../contract/visible.ts'
import type { Model } from './model.ts'
import { causeOf, nameOf, reasonTold, rowsTold } from './rows-told.ts'
import { summaryOf } from './summary.ts'
import type { Verdict } from './verdict.ts'

/** GitHub shows ten annotations of a kind for a step, each up to 4 KiB. */
const MOST = 10
const LONGEST = 3_000

const data = (text: string): string =>
  visible(clipped(text, LONGEST)).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string =>
  data(clipped(text.replaceAll('\n', ' '), 200))
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C')

type Kind = 'error' | 'warning' | 'notice'
const command = (kind: Kind, title: string, message: string) => `::${kind} title=${property(title)}::${data(message)}`

/** GitHub's workflow commands about a run: an error for each cause and each broken promise that none explains, and warnings. */
export function annotationsOf(model: Model, verdict: Verdict): string[] {
  const rows = rowsTold(model, verdict).filter((row) => causeOf(verdict, row) === undefined)
  const by = (status: string, kind: Kind): [Kind, string, string][] =>
    rows.filter((row) => row.status === status).map((row) => [kind, nameOf(row), reasonTold(row)])
  const causes = verdict.causes.map(({ says, explains }, i): [Kind, string, string] => [
    'error',
    `flatnet: cause ${i + 1}`,
    `${says}\nIt explains ${explains.length} rows that failed.`,
  ])
  return [[...causes, ...by('failed', 'error')], by('inconclusive', 'warning')].flatMap(limited)
}

/** At most as many as GitHub shows; the last one says how many there are. */
function limited(all: readonly [Kind, string, string][]): string[] {
  const told = all.length > MOST ? all.slice(0, MOST - 1) : all
  const [kind] = all[0] ?? ['notice']
  const more =
    all.length > MOST
      ? [command(kind, 'flatnet', `${all.length - told.length} more; the step summary and report.yaml have them.`)]
      : []
  return [...told.map(([each, title, message]) => command(each, title, message)), ...more]
}

/**
 * Tells GitHub Actions about a run, if it is the caller: the summary of the step, and annotations on stderr. No other line of
 * flatnet can be taken for a command, because lines begin with words of its own.
 */
export function tellGitHub(
  model: Model,
  verdict: Verdict,
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): void {
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, summaryOf(model, verdict))
  if (env.GITHUB_ACTIONS === 'true') for (const line of annotationsOf(model, verdict)) print(line)
}

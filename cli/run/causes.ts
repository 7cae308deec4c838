import { visible } from '../../contract/visible.ts'
import type { Cause } from '../../reports/cause.ts'
import type { Result } from '../../reports/model.ts'
import type { Verdict } from '../../reports/verdict.ts'
import { COLUMNS, labelled, MARGIN, type Paint } from '../terminal.ts'
import { brokenLines, field } from './requirements.ts'

/** Each cause: its sentence, what is intact, the promises that it explains, what usually does it, and where to look. */
export const causeLines = (causes: readonly Cause[], paint: Paint): string[] =>
  causes.flatMap(({ says, isSure, intact, explains, usually, shown = [], look }, i) => [
    ...labelled(`cause ${i + 1}`, visible(isSure ? says : `Likely: ${says}`), (margin) => paint('red', margin)),
    ...field('intact', intact.join('\n'), paint),
    ...field('explains', `${idsOf(explains).join(' ')}  (${rows(explains.length)})`, paint),
    ...field('usually', usually, paint),
    ...field('shown', shown.join('\n'), paint),
    ...commandLines(look, paint),
    '',
  ])

/** The commands, not wrapped, so that they can be copied. A long one stands on a line of its own. */
function commandLines(commands: readonly string[], paint: Paint): string[] {
  const label = paint('dim', '    look'.padEnd(MARGIN.length))
  const all = commands.map(visible)
  if (all.some((command) => command.length > COLUMNS - MARGIN.length))
    return [label.trimEnd(), ...all.map((command) => `      ${command}`)]
  return all.map((command, i) => `${i === 0 ? label : MARGIN}${command}`)
}

const rows = (n: number) => `${n} row${n === 1 ? '' : 's'}`
const idsOf = (places: readonly { id: string }[]) => [...new Set(places.map(({ id }) => id))].sort()
const keyOf = ({ id, row }: { id: string; row: string }) => `${id}:${row}`

/** Whether no cause explains a row. */
export function unexplained({ causes }: Pick<Verdict, 'causes'>): (result: Result) => boolean {
  const explained = new Set(causes.flatMap(({ explains }) => explains.map(keyOf)))
  return (result) => !explained.has(keyOf(result))
}

/** The broken promises that no cause explains, each in full. */
export function unexplainedLines(verdict: Verdict, paint: Paint): string[] {
  const isAlone = unexplained(verdict)
  const ran = [verdict.core, verdict.extended].flatMap(({ failed, passed }) => [...failed, ...passed])
  const alone = [...Map.groupBy(ran, ({ id }) => id).values()].filter((results) =>
    results.some((each) => each.status === 'failed' && isAlone(each)),
  )
  if (alone.length === 0) return []
  const heading = verdict.causes.length > 0 ? 'Broken promises that no cause explains' : 'Broken promises'
  return [paint('bold', heading), ...alone.flatMap((results) => brokenLines(results, isAlone, paint))]
}

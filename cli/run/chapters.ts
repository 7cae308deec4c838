import { clipped, visible } from '../../contract/visible.ts'
import type { Result } from '../../reports/model.ts'
import { COLUMNS, type Paint, seconds } from '../terminal.ts'
import { briefLines, COLOURS, MARKS, worstOf } from './requirements.ts'

/** A chapter as one line, and below it its requirements that did not pass. Those that were not tested are listed at the end of a run. */
export function chapterLines(requirements: readonly (readonly Result[])[], paint: Paint): string[] {
  const all = requirements.flat().filter(({ status }) => status !== 'skipped')
  const ran = requirements
    .map((results) => results.filter(({ status }) => status !== 'skipped'))
    .filter(({ length }) => length > 0)
  const by = (status: Result['status']) => ran.filter((results) => worstOf(results) === status).length
  const worst = ran.length === 0 ? 'skipped' : worstOf(all)
  const words = [
    by('failed') > 0 && `${by('failed')} of ${ran.length} broken`,
    by('inconclusive') > 0 && `${by('inconclusive')} not judged`,
    worst === 'passed' && `${ran.length} kept`,
    ran.length < requirements.length && `${requirements.length - ran.length} not tested`,
  ]
  const took = worst === 'skipped' ? '' : seconds(Math.max(...all.map(({ duration }) => duration)))
  const right = `${words.filter(Boolean).join(', ')}  ${took.padStart(7)}`.trimEnd()
  const room = COLUMNS - 9 - right.length
  const title = clipped(visible(requirements.flat()[0]?.chapter ?? ''), room).padEnd(room)
  return [
    `  ${paint(COLOURS[worst], MARKS[worst])}  ${title} ${right}`.trimEnd(),
    ...ran.filter((results) => worstOf(results) !== 'passed').flatMap((results) => briefLines(results, paint)),
  ]
}

import type { Trial } from './judge.ts'

const MARKS = { killed: 'X', survived: 'o', early: '<', collateral: '+', green: '.', unclear: '?' } as const

const LABEL = 46

/** The result of a scenario under a fault, as one character; a space if it was not run. */
function mark(trial: Trial, id: string): string {
  if (trial.survivedIn.includes(id)) return trial.early.some((each) => each.id === id) ? MARKS.early : MARKS.survived
  if (trial.killers.some((killer) => killer.id === id)) return MARKS.killed
  if (trial.collateral.some((each) => each.id === id)) return MARKS.collateral
  const word = trial.ran[id]
  return word === 'green' ? MARKS.green : word === 'unclear' ? MARKS.unclear : ' '
}

/**
 * A table with a line for each fault and a column for each scenario, in blocks that fit a terminal of `columns` columns.
 * A block has no line for a fault under which none of its scenarios failed.
 */
export function matrix(trials: readonly Trial[], ids: readonly string[], columns: number): string[] {
  const label = ({ fault, node }: Trial, several: boolean) =>
    several ? `${fault.slice(0, Math.max(10, LABEL - 1 - node.length))} ${node}` : fault
  const tried = trials.filter(({ result }) => result !== 'not applicable')
  const several = new Set(tried.map(({ fault }) => fault)).size < tried.length
  const width = Math.min(LABEL, Math.max(0, ...tried.map((trial) => label(trial, several).length)))
  const run = ids.filter((id) => tried.some((trial) => mark(trial, id).trim() !== ''))
  const perBlock = Math.max(10, columns - width - 4)
  const lines: string[] = []
  for (let from = 0; from < run.length; from += perBlock) {
    const block = run.slice(from, from + perBlock)
    const rows = tried.filter((trial) => block.some((id) => !' .'.includes(mark(trial, id))))
    if (rows.length === 0) continue
    const depth = Math.max(...block.map((id) => id.length))
    for (let n = 0; n < depth; n++)
      lines.push(`  ${''.padEnd(width)}  ${block.map((id) => id.padStart(depth)[n]).join('')}`)
    for (const trial of rows) {
      const cells = block.map((id) => mark(trial, id)).join('')
      lines.push(`  ${label(trial, several).slice(0, width).padEnd(width)}  ${cells}`.trimEnd())
    }
    lines.push('')
  }
  const used = new Set(tried.flatMap((trial) => run.map((id) => mark(trial, id))))
  const words: [string, string][] = [
    [MARKS.killed, 'failed as claimed'],
    [MARKS.survived, 'passed despite the claim'],
    [MARKS.early, 'failed before its Then'],
    [MARKS.collateral, 'failed too'],
    [MARKS.green, 'passed'],
    [MARKS.unclear, 'inconclusive'],
  ]
  if (lines.length > 0)
    lines.push(
      `  ${words
        .filter(([char]) => used.has(char))
        .map(([char, word]) => `${char} ${word}`)
        .join('   ')}`,
    )
  return lines
}

import type { Party } from '../cluster/site/session.ts'
import type { Progress } from './progress.ts'

/** Milliseconds as seconds with one digit after the point. */
export const inSeconds = (ms: number): number => Math.round(ms / 100) / 10

/** Removes everything that a run or a watch created, and says so. Gives a sentence for each thing that is left. */
export async function removeAll(
  { undo, asked, settings }: Party,
  progress: Progress,
  what: 'run' | 'watch',
): Promise<string[]> {
  const started = performance.now()
  progress.live(`  ..  remove everything that this ${what} created`)
  const problems = await undo.run()
  for (const problem of problems) progress.say(`flatnet: could not ${problem}`)
  const made = asked.size > 0 || settings.cluster !== 'current'
  if (problems.length === 0 && made)
    progress.say(`  everything that this ${what} created is removed (${inSeconds(performance.now() - started)} s)`)
  return problems
}

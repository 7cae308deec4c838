import type { Workbench } from '../../cluster/workbench.ts'
import type { Observed, Planned } from '../../contract/conversation.ts'
import { isStarved } from './claims.ts'
import { converse } from './converse.ts'

/** How often conversations are opened again. */
const LOOKS = 2

/**
 * Opens all planned conversations at the same time. If some time out, and a probe of each of these had no CPU, they show nothing,
 * so they are opened again. One that times out again, with CPU, takes the place of the first. Any other outcome is left out: a
 * second try makes no row pass.
 */
export async function converseForVerdict(bench: Workbench, planned: readonly Planned[]): Promise<Observed[]> {
  const all = await converse(bench, planned)
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const silent = [...all.entries()].filter(([, { outcome }]) => outcome.failure === 'timeout')
    if (silent.length === 0 || !silent.every(([, each]) => isStarved(each))) break
    const open = silent.filter(([i]) => planned[i]?.dial.life === undefined)
    if (open.length === 0) break
    const again = await converse(
      bench,
      open.map(([i]) => planned[i] as Planned),
    )
    for (const [n, [i]] of open.entries()) {
      const second = again[n]
      if (second?.outcome.failure === 'timeout' && !isStarved(second)) all[i] = second
    }
  }
  return all
}

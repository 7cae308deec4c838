import type { Ground } from '../../fixtures/ground.ts'
import type { Change, Changed } from '../services/changes.ts'
import type { Batch } from '../services/open.ts'
import { DECISIONS } from './decisions.ts'
import { askUnderPolicies } from './dns.ts'
import { type Enforced, enforce, enforceAndRemove } from './enforce.ts'
import { startIsolated } from './first-instant.ts'

const told = ({ topology }: Pick<Ground, 'topology'>, found: Enforced | undefined, also?: Batch['also']): Changed => ({
  meant: 'nothing',
  convergence: { kept: [], tookMs: found?.tookMs ?? -1 },
  msByNode: Object.fromEntries(topology.nodes.map(({ name }) => [name, Math.round(found?.tookMs ?? -1)])),
  ...(found && {
    batch: { planned: found.planned, controls: found.controls, whole: true as const, ...(also && { also }) },
  }),
})

const declared = (): Record<string, Change> =>
  Object.fromEntries(
    Object.entries(DECISIONS).flatMap(([words, decide]): [string, Change][] => [
      [`${words} is declared`, async (ground, scene) => told(ground, await enforce(ground, decide(ground, scene)))],
      [
        `${words} is declared and deleted again`,
        async (ground, scene) => told(ground, await enforceAndRemove(ground, decide(ground, scene))),
      ],
    ]),
  )

/** Policies that are created, in the words of a When. */
export const POLICIES: Readonly<Record<string, Change>> = {
  'default-deny egress is declared, every pod asks cluster DNS': async (ground, scene) => {
    const decided = DECISIONS['default-deny egress']?.(ground, scene)
    const found = decided && (await enforce(ground, decided))
    return told(ground, found, found && (await askUnderPolicies(ground, scene.pods)))
  },
  'default-deny ingress and egress is declared, more of the pods start': async (ground, scene) => {
    const found = await startIsolated(ground, scene)
    return told(ground, found, found && { planned: found.first, controls: [] })
  },
  ...declared(),
}

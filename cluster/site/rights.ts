import { Trouble } from '../../contract/errors.ts'
import { type Right, rightsOf } from '../doctor/rights.ts'
import type { KubeApi } from '../kube/api.ts'
import { may } from '../kube/may.ts'

/** The rights that a run cannot do without in each of its namespaces. Without another one it only skips rows. */
export const NEEDED: readonly Right[] = rightsOf('').filter(({ loses, where }) => loses === 'run' && where === 'run')

/**
 * Asks whether these credentials may do in namespaces what a run cannot do without. A server that does not answer such questions
 * is believed to allow it.
 * @throws Trouble with all that is missing.
 */
export async function checkRights(api: KubeApi, namespaces: readonly string[]): Promise<void> {
  const asked = namespaces.flatMap((namespace) =>
    NEEDED.map(({ group, resource, verb }) => ({ namespace, group, resource, verb })),
  )
  const has = await Promise.all(asked.map(async (each) => (await may(api, each).catch(() => true)) ?? true))
  const missing = Map.groupBy(
    asked.filter((_, i) => !has[i]),
    ({ namespace, group, resource }) => `${resource}${group && `.${group}`} in namespace ${namespace}`,
  )
  if (missing.size === 0) return
  const told = [...missing].map(([what, all]) => `${all.map(({ verb }) => verb).join(', ')} on ${what}`)
  throw new Trouble(`these credentials lack rights that every run needs: ${told.join('; ')}.`)
}

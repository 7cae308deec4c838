import { AfterAll, BeforeAll } from '@cucumber/cucumber'
import type { Topology } from '../contract/topology.ts'

/**
 * The site of `npx cucumber-js`, which has no run around it. It is provisioned before the first scenario and undone
 * after the last.
 */
const site: { topology?: Topology; undo: (() => Promise<unknown>)[] } = { undo: [] }

/** The topology that the run gives as world parameters, or the one that was provisioned here. */
export function topologyOf(parameters: Partial<Topology>): Topology {
  const topology = parameters.run === undefined ? site.topology : (parameters as Topology)
  if (!topology) throw new Error('nothing is provisioned')
  return topology
}

BeforeAll({ timeout: 300_000 }, async function (this: { parameters: Partial<Topology> }) {
  if (this.parameters.run !== undefined) return
  const { provisionAlone } = await import('../cluster/site/without-cli.ts')
  site.topology = await provisionAlone(site.undo)
})

AfterAll({ timeout: 300_000 }, async () => {
  const failed: unknown[] = []
  for (const undo of site.undo.reverse()) await undo().catch((error: unknown) => failed.push(error))
  if (failed.length > 0) throw failed[0]
})

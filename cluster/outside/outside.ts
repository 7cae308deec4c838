import { sentence } from '../../contract/errors.ts'
import { dockerOutside } from './docker.ts'
import { serveOnMachines } from './machines.ts'
import { namedObserver } from './named.ts'
import { runnerOutside } from './runner.ts'
import type { FoundOutside, OutsideSite } from './site.ts'

/** How the user gets a host outside. */
export const HOW_TO =
  'start one with flatnet observe on a machine outside the cluster and name it with --observer HOST:PORT, or use --outside runner'

/** Finds or starts the hosts outside a cluster, in the way that the settings name. */
export async function findOutside(site: OutsideSite): Promise<FoundOutside> {
  const { settings, facts } = site
  if (settings.observer !== undefined) return namedObserver(settings.observer)
  if (settings.outside === 'none') return { observer: '--outside none' }
  if (settings.outside === 'runner') return runnerOutside(site)
  if (settings.outside === 'auto' && facts.outside) {
    try {
      return await serveOnMachines(site.run, facts.outside)
    } catch (error) {
      return { observer: sentence(error), isBroken: true }
    }
  }
  const found = await dockerOutside(site)
  if (found.observer === undefined) return found
  return settings.outside === 'docker' ? { ...found, isBroken: true } : { observer: `${found.observer}; ${HOW_TO}` }
}

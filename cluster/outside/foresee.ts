import { sentence } from '../../contract/errors.ts'
import type { OutsideFindings } from '../site/capabilities.ts'
import { NO_NETWORK, networkOf, none } from './docker.ts'
import { NO_ROUTES } from './internet.ts'
import { namedObserver } from './named.ts'
import { HOW_TO } from './outside.ts'
import { reachedFromHere } from './runner.ts'
import type { OutsideSite } from './site.ts'
import { containers } from './testcontainers.ts'

/** The hosts outside a cluster that a run would find or start, or why it would have none. Nothing is started. */
export async function foreseeOutside({
  settings,
  facts,
  nodes,
  allNodes,
}: Pick<OutsideSite, 'settings' | 'facts' | 'nodes' | 'allNodes'>): Promise<OutsideFindings> {
  if (settings.observer !== undefined) return namedObserver(settings.observer, settings.limits.check)
  if (settings.outside === 'none') return { observer: '--outside none' }
  if (settings.outside === 'runner') {
    const reached = await reachedFromHere(nodes)
    if (typeof reached === 'string') return { observer: reached, isBroken: true }
    return { outside: { dials: true }, gateway: NO_ROUTES }
  }
  if (settings.outside === 'auto' && facts.outside) {
    const { gateway, routed } = facts.outside
    return { outside: { dials: true, gateway, routed } }
  }
  try {
    const network = await networkOf(await containers(), nodes)
    if (network === undefined) return { observer: `${none(NO_NETWORK).observer}; ${HOW_TO}` }
    const isOurs = allNodes.every(({ name }) => (facts.nodeShell[name] ?? []).length > 0)
    return { outside: { dials: true, gateway: isOurs }, gateway: NO_ROUTES }
  } catch (error) {
    return { observer: `${none(sentence(error)).observer}; ${HOW_TO}` }
  }
}

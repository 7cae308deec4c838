import { sentence } from '../../contract/errors.ts'
import type { Settings } from '../../contract/settings.ts'
import { watchStarvation } from '../../probe/starved.ts'
import { bare, type Check, check, type Found, lacks, longer, note, ok } from '../doctor/check.ts'
import { answersForNobody } from '../doctor/transparent-proxy.ts'
import { requireKindAndDocker } from './docker.ts'
import { whyNoReference } from './reference.ts'

/** The checks of this machine. A source of clusters that this call is not about is only a note. */
export async function machineChecks({ cluster, reference, limits }: Settings): Promise<Check[]> {
  const source = async (name: Settings['cluster'], problem: () => Promise<string | undefined>, good: string) => {
    const isNeeded = cluster === name
    const look = async () => {
      const says = await problem()
      if (says === undefined) return ok(`flatnet run --cluster ${name} works here: ${good}`)
      return isNeeded ? lacks(bare(says), undefined, 'run') : note(bare(says))
    }
    const seen = await check(name, look, isNeeded ? longer(limits) : limits.check)
    return isNeeded && seen.state === 'unknown' ? { ...seen, stops: 'run' as const } : seen
  }
  const kind = () => requireKindAndDocker().then(() => undefined, sentence)
  watchStarvation()
  return Promise.all([
    check('Node', async () => ok(`${process.versions.node} on ${process.platform} ${process.arch}`), limits.check),
    source('reference', () => whyNoReference(reference.ipFamily), 'user namespaces, iproute2, nftables'),
    source('kind', kind, 'kind, and Docker answers'),
    check('containers', async () => outsideContainers(), limits.check),
    check('TCP to nobody', async () => transparency(), limits.check),
  ])
}

/** Whether hosts outside the cluster can be started as containers, as far as the installation goes. */
function outsideContainers(): Found {
  try {
    import.meta.resolve('testcontainers')
    return ok('testcontainers is installed: hosts outside a kind cluster can be started')
  } catch {
    return note(
      'the npm package testcontainers is not installed, which starts hosts outside',
      'npm install testcontainers',
    )
  }
}

async function transparency(): Promise<Found> {
  const answered = await answersForNobody()
  if (answered === undefined) return ok('no program answers for addresses that no host has')
  return note(
    `a transparent proxy answers TCP at ${answered}, an address that no host has. It answers for nodes and observers too, so what this machine dials as a host outside (--outside runner) shows the proxy and not the cluster`,
    'flatnet observe on a machine without it, or --outside docker',
  )
}

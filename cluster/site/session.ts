import type { ClusterFacts } from '../../contract/cluster.ts'
import { outlivesRun, type Settings } from '../../contract/settings.ts'
import type { Tell } from '../../contract/tell.ts'
import type { Topology } from '../../contract/topology.ts'
import { accessOf } from '../kube/access.ts'
import { type KubeApi, openApi } from '../kube/api.ts'
import { removeObserver } from '../outside/clean.ts'
import { checkOutside, dockerObserver } from '../outside/docker.ts'
import { openCluster } from '../sources/open.ts'
import { lend } from '../streams/probe-client.ts'
import { Streams } from '../streams/streams.ts'
import type { ClusterPortrait } from './discover.ts'
import { type FindObserver, provision } from './provision.ts'
import { takeBack } from './remove.ts'
import type { Undo } from './undo.ts'

/** Who provisions, and how it is told and undone. */
export interface Party {
  id: string
  settings: Settings
  tell: Tell
  undo: Undo
  signal: AbortSignal
  /** Namespaces that the API was asked for. */
  asked: Set<string>
}

/** A cluster that scenarios can be run on. */
export interface Session {
  api: KubeApi
  facts: ClusterFacts
  topology: Topology
  portrait: ClusterPortrait
  streams: Streams
}

/** Opens the cluster that the settings name; it is let go of by `undo`. */
export async function reach(party: Party): Promise<{ api: KubeApi; facts: ClusterFacts }> {
  const { settings, id, tell, undo, signal } = party
  await checkOutside(settings.outside)
  const cluster = openCluster(settings, id, tell, signal)
  if (!outlivesRun(settings)) undo.add('delete the cluster', () => cluster.close())
  const facts = await cluster.facts
  return { facts, api: await openApi(accessOf(facts)) }
}

/** Provisions what scenarios stand on, and lends what it has open; everything is undone by `undo`. */
export async function settle(party: Party, api: KubeApi, facts: ClusterFacts): Promise<Session> {
  const { settings, id, tell, undo, asked, signal } = party
  undo.add('delete what the run made', () => takeBack(api, id, settings, asked))
  const streams = new Streams(async () => api)
  const findObserver: FindObserver = (nodes) => {
    if (signal.aborted) return Promise.resolve('interrupted')
    const starting = dockerObserver(id, nodes, settings.probeImage)
    undo.add('remove the observer', async () => {
      await starting
      await removeObserver(id)
    })
    return starting
  }
  const made = await provision({ api, facts, settings, run: id, tell, findObserver, streams, asked })
  undo.add('close the streams', () => streams.close(), true)
  const stopLending = lend(id, { streams, api })
  undo.add('stop lending', async () => stopLending(), true)
  undo.add('let go of the owner record', async () => made.letGo(), true)
  return { api, facts, topology: made.topology, portrait: made.portrait, streams }
}

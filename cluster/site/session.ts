import type { ClusterFacts } from '../../contract/cluster.ts'
import { outlivesRun, type Settings } from '../../contract/settings.ts'
import type { Tell } from '../../contract/tell.ts'
import type { Capability, Topology } from '../../contract/topology.ts'
import { findIngress, installs } from '../ingress/find.ts'
import { removeClusterWide } from '../ingress/remove.ts'
import { accessOf } from '../kube/access.ts'
import { type KubeApi, openApi } from '../kube/api.ts'
import { removeOutside } from '../outside/clean.ts'
import { findOutside } from '../outside/outside.ts'
import { checkOutside } from '../outside/testcontainers.ts'
import { openCluster } from '../sources/open.ts'
import { lend } from '../streams/probe-client.ts'
import { Streams } from '../streams/streams.ts'
import type { ClusterPortrait } from './discover.ts'
import { type FindIngress, type FindOutside, provision } from './provision.ts'
import { takeBack } from './remove.ts'
import type { Undo } from './undo.ts'

/** The run that provisions: its settings, how it reports progress, and how it is undone. */
export interface Party {
  id: string
  settings: Settings
  tell: Tell
  undo: Undo
  signal: AbortSignal
  /** Namespaces that the API was asked to create. */
  asked: Set<string>
  /** The names of the `@needs-…` tags of the selected scenarios. */
  needs: ReadonlySet<string>
}

/** A provisioned cluster, on which scenarios can run. */
export interface Session {
  api: KubeApi
  facts: ClusterFacts
  topology: Topology
  portrait: ClusterPortrait
  streams: Streams
  /** Settles when the topology has all capabilities that the selected scenarios need. */
  policing: Promise<Capability | undefined>
}

/** Opens the cluster that the settings name. `undo` closes it. */
export async function reach(party: Party): Promise<{ api: KubeApi; facts: ClusterFacts }> {
  const { settings, id, tell, undo, signal } = party
  await checkOutside(settings.outside)
  const cluster = openCluster(settings, id, tell, signal)
  if (!outlivesRun(settings)) undo.add('delete the cluster', () => cluster.close())
  const facts = await cluster.facts
  return { facts, api: await openApi(accessOf(facts)) }
}

/** Provisions the cluster, and lends its streams and API client to the scenarios. `undo` undoes everything. */
export async function settle(party: Party, api: KubeApi, facts: ClusterFacts): Promise<Session> {
  const { settings, id, tell, undo, asked, signal, needs } = party
  undo.add('delete what the run created', () => takeBack(api, id, settings, asked))
  const streams = new Streams(async () => api)
  const outside: FindOutside = (nodes, allNodes) => {
    if (signal.aborted) return Promise.resolve({ observer: 'interrupted' })
    const starting = findOutside({ run: id, nodes, allNodes, image: settings.probeImage, facts, settings })
    undo.add('remove the outside hosts', async () => {
      await (await starting).end?.()
      await removeOutside(id)
    })
    return starting
  }
  const controller: FindIngress = (namespaces, nodes) => {
    const site = { api, facts, settings, run: id, namespaces, nodes, needs, signal }
    const finding = findIngress(site)
    if (outlivesRun(settings) && installs(site))
      undo.add('delete the Ingress class and its role', async () => {
        // An object that is created during its deletion would stay.
        await finding.catch(() => undefined)
        await removeClusterWide(api, id)
      })
    return finding
  }
  const found = { findOutside: outside, findIngress: controller }
  const made = await provision({ api, facts, settings, run: id, tell, ...found, streams, asked, needs })
  undo.add('close the streams', () => streams.close(), true)
  const stopLending = lend(id, { streams, api, controller: made.controller, policing: made.policing })
  undo.add('stop lending', async () => stopLending(), true)
  undo.add('end the renewal of the Lease', async () => made.letGo(), true)
  return { api, facts, topology: made.topology, portrait: made.portrait, streams, policing: made.policing }
}

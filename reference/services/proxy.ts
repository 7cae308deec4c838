import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../contract.ts'
import type { NodeNetwork } from '../network/nodes.ts'
import { batches, type Counts, changes } from './nft-changes.ts'
import { startApplier } from './nft-process.ts'
import { emptyTable } from './nft-table.ts'
import { type Rules, rulesOf } from './rules.ts'
import { asService, asSlice, type Family, serviceLabel, zoneLabel } from './service-objects.ts'

const betweenAttempts = 1000
/** A Service and its slices change together: each batch is a process, so what comes at once goes in at once. */
const together = 20

/** Leads every node's Service addresses and ports to their endpoints, and follows what changes of either. */
export function startProxies(store: Store, nodes: readonly NodeNetwork[]): void {
  const proxies = nodes.map((node) => startProxy(store, node))
  const touch = (namespace = '', name = '') => {
    for (const proxy of proxies) proxy(`${namespace}/${name}`)
  }
  store.watch('Service', ({ object: { metadata } }) => touch(metadata.namespace, metadata.name))
  store.watch('EndpointSlice', ({ object: { metadata } }) => touch(metadata.namespace, metadata.labels?.[serviceLabel]))
  for (const { metadata } of store.list('Service')) touch(metadata.namespace, metadata.name)
}

/** The proxy of one node: tell it which Service has changed. */
function startProxy(store: Store, node: NodeNetwork): (service: string) => void {
  const applier = startApplier(node.name)
  const changed = new Set<string>()
  let applied: Map<string, PortRules> | undefined
  let counts: Counts = new Map()
  let busy = false

  function rulesFor(key: string): PortRules {
    const [namespace = '', name = ''] = key.split('/')
    const service = store.get('Service', namespace, name)
    const slices = store
      .list('EndpointSlice', namespace)
      .filter(({ metadata }) => metadata.labels?.[serviceLabel] === name)
    const zone = store.get('Node', undefined, node.name)?.metadata.labels?.[zoneLabel]
    const place = { node: node.name, podRanges: rangesOf(node), ...(zone && { zone }) }
    return rulesOf(service && asService(service), slices.map(asSlice), place)
  }

  async function applyChanged(): Promise<void> {
    const known = applied ?? new Map<string, PortRules>()
    if (!applied) {
      counts = new Map()
      for (const { metadata } of store.list('Service')) changed.add(`${metadata.namespace}/${metadata.name}`)
    }
    const keys = [...changed]
    changed.clear()
    const lists = applied ? [] : [[emptyTable]]
    for (const key of keys) {
      const [before, after] = [known.get(key) ?? new Map(), rulesFor(key)]
      for (const port of new Set([...before.keys(), ...after.keys()]))
        lists.push(changes(before.get(port) ?? none, after.get(port) ?? none, counts))
      if (after.size > 0) known.set(key, after)
      else known.delete(key)
    }
    // Whatever goes wrong, the next attempt starts from nothing.
    applied = undefined
    for (const batch of batches(lists.filter((lines) => lines.length > 0))) await applier.apply(batch)
    applied = known
  }

  async function work(): Promise<void> {
    while (changed.size > 0 || !applied)
      try {
        await applyChanged()
      } catch (error) {
        console.error((error as Error).message)
        await sleep(betweenAttempts)
      }
    busy = false
  }

  return (service) => {
    changed.add(service)
    if (busy) return
    busy = true
    setTimeout(() => void work(), together)
  }
}

type PortRules = Map<string, Rules>

const none: Rules = { chains: new Map(), sets: new Map(), elements: new Map() }

const rangesOf = ({ addresses }: NodeNetwork): Partial<Record<Family, string>> =>
  Object.fromEntries(addresses.map(({ version, podRange }) => [`IPv${version}`, podRange]))

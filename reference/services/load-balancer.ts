import { isDeepStrictEqual } from 'node:util'
import type { Store } from '../contract.ts'
import { lanAddress, loadBalancerNumbers, type Version } from '../network/addresses.ts'
import { announce, withdraw } from '../network/announcements.ts'
import { shell } from '../network/commands.ts'
import type { NodeNetwork } from '../network/nodes.ts'
import { type AddressPool, addressPool } from '../network/pods.ts'
import { isBalanced, ownerOf } from './load-balancer-owner.ts'
import { asService, asSlice, type Service, serviceLabel } from './service-objects.ts'

/** What a Service has: the numbers of its addresses by version of IP, and the node that answers for them. */
interface Held {
  readonly numbers: ReadonlyMap<Version, number>
  readonly owner: NodeNetwork | undefined
}

const nothing: Held = { numbers: new Map(), owner: undefined }

/**
 * Gives Services of type LoadBalancer their addresses on the network between the nodes. One node answers for all
 * addresses of a Service, as with MetalLB in layer-2 mode.
 */
export function startLoadBalancer(store: Store, nodes: readonly NodeNetwork[]): void {
  const { first, last } = loadBalancerNumbers
  const pools: Record<Version, AddressPool> = { 4: addressPool(first, last), 6: addressPool(first, last) }
  const known = new Map<string, Held>()
  /** The Services for which no address was left. */
  const waiting = new Set<string>()
  let work: Promise<unknown> = Promise.resolve()

  async function reconcile(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/')
    const found = store.get('Service', namespace, name)
    const service = found && asService(found)
    const before = known.get(key) ?? nothing
    waiting.delete(key)
    const after = service && isBalanced(service) ? plan(key, service, before) : nothing
    if (before === nothing && after === nothing) return
    if (after === nothing) known.delete(key)
    else known.set(key, after)
    await move(before, after)
    if (service) writeStatus(service, after)
    release(before, after)
  }

  function plan(key: string, service: Service, before: Held): Held {
    const { namespace, name } = service.metadata
    const numbers = new Map<Version, number>()
    for (const family of service.spec.ipFamilies ?? []) {
      const version = family === 'IPv6' ? 6 : 4
      const number = before.numbers.get(version) ?? take(version)
      if (number === undefined) waiting.add(key)
      else numbers.set(version, number)
    }
    const slices = store
      .list('EndpointSlice', namespace)
      .map(asSlice)
      .filter(({ metadata }) => metadata.labels?.[serviceLabel] === name)
    const [spread = 0] = numbers.values()
    const names = nodes.map((node) => node.name)
    const owner = ownerOf(service, slices, { nodes: names, current: before.owner?.name, spread })
    return { numbers, owner: nodes.find((node) => node.name === owner) }
  }

  function take(version: Version): number | undefined {
    try {
      return pools[version].take()
    } catch {
      return undefined
    }
  }

  function release(before: Held, after: Held): void {
    const released = [...before.numbers].filter(([version, number]) => after.numbers.get(version) !== number)
    for (const [version, number] of released) pools[version].release(number)
    if (released.length > 0) for (const key of waiting) changed(key)
  }

  function writeStatus({ metadata: { namespace, name } }: Service, held: Held): void {
    store.update('Service', namespace, name, (object) => {
      const ingress = addressesOf(held).map((ip) => ({ ip, ipMode: 'VIP' }))
      object.status = { ...(object.status as object), loadBalancer: ingress.length > 0 ? { ingress } : {} }
    })
  }

  function changed(key: string): void {
    work = work.then(() => reconcile(key)).catch((error: Error) => console.error(error.message))
  }

  store.watch('Service', ({ object: { metadata } }) => changed(`${metadata.namespace}/${metadata.name}`))
  store.watch('EndpointSlice', ({ object: { metadata } }) =>
    changed(`${metadata.namespace}/${metadata.labels?.[serviceLabel]}`),
  )
}

const addressesOf = ({ numbers }: Held) => [...numbers].map(([version, number]) => lanAddress(version, number))

/** Withdraws the addresses that their node loses, then announces those that a node gains. */
async function move(before: Held, after: Held): Promise<void> {
  if (isDeepStrictEqual(before, after)) return
  const [had, has] = [addressesOf(before), addressesOf(after)]
  const stays = before.owner === after.owner
  const lost = had.filter((address) => !stays || !has.includes(address))
  const gained = has.filter((address) => !stays || !had.includes(address))
  if (before.owner && lost.length > 0) await shell(withdraw(before.owner, lost))
  if (after.owner && gained.length > 0) await shell(announce(after.owner, gained))
}

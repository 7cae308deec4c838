import type { V1PodSpec } from '@kubernetes/client-node'
import type { KubeObject, Store } from '../contract.ts'
import type { NodeNetwork } from '../network/nodes.ts'
import { type Chain, chainsOf, type Policy } from './chains.ts'
import { nodeRules } from './node-rules.ts'
import type { Peers, PolicyPod } from './peers.ts'

/** Milliseconds. Objects change together, and each batch of nft costs a process. */
const collecting = 20

/** Enforces the NetworkPolicies of the store on every node. Gives the function that waits until a node has followed the store. */
export function startPolicies(store: Store, nodes: readonly NodeNetwork[]): (node: string) => Promise<void> {
  let chains: readonly Chain[] | undefined
  let isWaiting = false
  const wanted = () => {
    const policies = policiesOf(store)
    chains ??= policies.length > 0 ? chainsOf(peersOf(store), policies) : []
    return chains
  }
  const rules = new Map(
    nodes.map(({ name }) => [name, nodeRules(name, () => wanted().filter(({ node }) => node === name))]),
  )
  const bring = () => {
    isWaiting = false
    for (const each of rules.values()) void each.bring()
  }
  const changed = () => {
    chains = undefined
    if (!isWaiting) setTimeout(bring, collecting)
    isWaiting = true
  }
  const pods = new Map<string, string>()
  store.watch('Pod', ({ type, object }) => {
    const pod = type === 'DELETED' ? undefined : policyPod(object)
    const { uid = '' } = object.metadata
    const view = JSON.stringify(pod ?? null)
    if ((pods.get(uid) ?? 'null') === view) return
    if (pod) pods.set(uid, view)
    else pods.delete(uid)
    changed()
  })
  for (const kind of ['Namespace', 'NetworkPolicy']) store.watch(kind, changed)
  return async (node) => {
    chains = undefined
    await rules.get(node)?.bring()
  }
}

const policiesOf = (store: Store): Policy[] =>
  store.list('NetworkPolicy').map(({ metadata, spec }) => ({
    namespace: metadata.namespace ?? '',
    spec: spec as Policy['spec'],
  }))

const peersOf = (store: Store): Peers => ({
  pods: store.list('Pod').flatMap((pod) => policyPod(pod) ?? []),
  namespaces: new Map(store.list('Namespace').map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
})

/** What policies see of a pod; undefined while it has no address, after its end, and on the host's network. */
function policyPod({ metadata, spec: given, status: now }: KubeObject): PolicyPod | undefined {
  const { hostNetwork, nodeName = '', containers, initContainers = [] } = given as V1PodSpec
  const { podIPs = [], phase = '' } = (now ?? {}) as { podIPs?: { ip: string }[]; phase?: string }
  if (hostNetwork || podIPs.length === 0 || phase === 'Succeeded' || phase === 'Failed') return undefined
  return {
    uid: metadata.uid ?? '',
    node: nodeName,
    namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {},
    addresses: podIPs.map(({ ip }) => ip),
    ports: [...initContainers, ...containers].flatMap(({ ports = [] }) => ports),
  }
}

import type { LimitFunction } from 'p-limit'
import type { Store } from '../contract.ts'
import type { NodeNetwork } from '../network/nodes.ts'
import type { AddressPool } from '../network/pods.ts'
import type { Recorder } from './events.ts'
import type { Images } from './image.ts'
import type { Prober } from './prober.ts'
import type { Resolvers } from './resolv-conf.ts'

/** What the pods of a node share. */
export interface NodeContext {
  readonly store: Store
  readonly network: NodeNetwork
  readonly pool: AddressPool
  readonly images: Images
  readonly resolver: Resolvers
  readonly record: Recorder
  readonly prober: Prober
  /** Limits how many pods and containers start at the same time. */
  readonly limit: LimitFunction
  /** Rewrites the node's host ports; to be called when its pods have changed. */
  readonly hostPortsChanged: () => Promise<void>
  /** Settles when the node enforces the NetworkPolicies for all pods whose addresses the store has. */
  readonly policiesFollowed: () => Promise<void>
}

import type { ClusterFacts } from '../../contract/cluster.ts'
import type { Settings } from '../../contract/settings.ts'
import type { NodeRef, Outside } from '../../contract/topology.ts'

/** What is known of a cluster before hosts outside it are started. */
export interface OutsideSite {
  run: string
  /** The sampled nodes, and all nodes. */
  nodes: readonly NodeRef[]
  allNodes: readonly NodeRef[]
  /** The image of the probes. */
  image: string
  facts: ClusterFacts
  settings: Settings
}

/** The hosts outside a cluster, or the reasons why they do not exist. */
export interface FoundOutside {
  outside?: Outside
  /** Why there is no observer. */
  observer?: string
  /** Why there is no internet gateway. */
  gateway?: string
  /** The user asked for an observer, and it cannot be used. */
  isBroken?: true
  /** Ends what was started on this machine; containers are removed by their labels. */
  end?: () => Promise<void>
}

import type { KubeApi } from '../cluster/kube/api.ts'
import type { NodeRef, Role, StandingPod, Topology } from '../contract/topology.ts'

/** Commands of a node's root network namespace, as shell scripts that end with 0 or say why not. */
export interface NodeStep {
  node: string
  /** Puts it in. */
  in: string
  /** Takes it out; says nothing where it is out already, for it may be run twice. */
  out: string
  /** Ends with 0 exactly while it is in. */
  shows: string
}

/** An object of the API that is patched (a merge patch), and patched back. */
export interface ApiStep {
  /** Path of the object, or of its status: `/api/v1/nodes/node-1`. */
  path: string
  patch: object
  back: object
}

/** An object of the API that is created, and deleted again. */
export interface ObjectStep {
  /** Path of its collection: `/apis/discovery.k8s.io/v1/namespaces/x/endpointslices`. */
  collection: string
  object: {
    apiVersion: string
    kind: string
    metadata: { name: string; labels?: Record<string, string> }
    [field: string]: unknown
  }
}

/** Something that must be set up, or that answers to what scenarios make, for as long as the fault is in. */
export interface Meanwhile {
  what: string
  /**
   * Sets it up; gives what ends it. Calls `acted` each time that it has broken something: never is an error of the prover.
   */
  begin: (stage: Stage, acted: () => void) => Promise<() => Promise<unknown>>
  /** What undoes whatever it may put on a node, and what shows that something is left. */
  leaves?: readonly Omit<NodeStep, 'in'>[]
}

export type Step = NodeStep | ApiStep | ObjectStep | Meanwhile

/** What a `Meanwhile` works with. */
export interface Stage {
  api: KubeApi
  topology: Topology
  /** Runs a script in a node's root network namespace; gives its stdout. */
  shell: (node: string, script: string) => Promise<string>
  signal: AbortSignal
}

/** One version of IP on this cluster, with a node and the others as nft writes them. */
export interface Family {
  version: 4 | 6
  /** nft's word for it. */
  ip: 'ip' | 'ip6'
  /** The drawn node's pod range, and those of the others as a set. */
  own: string
  others: string
  /** All pod ranges. */
  pods: string
  /** The virtual IPs of Services: their range, that of the API, that of cluster DNS; empty where there is none. */
  services: string
  api: string
  dns: string
  /** The drawn node's own address, and a neighbour's. */
  node: string
  neighbour: string
}

/** Where a fault is put. */
export interface Place {
  topology: Topology
  /** The node that was drawn, and the others. */
  node: NodeRef
  others: readonly NodeRef[]
  /** Every version of IP that pods have, the primary one first. */
  families: readonly Family[]
  /** The standing pod of that role on the drawn node, or on another one. */
  pod: (role: Role, node?: NodeRef) => StandingPod
}

/** A promise that a fault breaks: a scenario, and where only some of its rows may fail, which. */
export interface Breaks {
  id: string
  rows?: RegExp
}

/** One broken promise. */
export interface Fault {
  id: string
  /** One sentence that somebody would recognise from an incident. */
  says: string
  /** Scenarios that must notice: of each at least one row, or all of `rows`. */
  breaks: readonly Breaks[]
  /** Scenarios that may notice as well, and why. */
  also?: { ids: readonly string[]; because: string }
  where: 'one node' | 'every node' | 'one pod' | 'API'
  /** What it takes to put it in. */
  on: readonly ('reference' | 'kind')[]
  /** Capabilities without which it breaks nothing. */
  needs?: readonly string[]
  steps: (place: Place) => readonly Step[]
}

/** Clusters that most faults can be put into. */
export const BOTH = ['reference', 'kind'] as const

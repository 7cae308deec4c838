import type { KubeApi } from '../cluster/kube/api.ts'
import type { Draw } from '../contract/draw.ts'
import type { NodeRef, Role, StandingPod, Topology } from '../contract/topology.ts'

/** Shell scripts that run in a node's root network namespace. On failure they exit with a code other than 0 and print why. */
export interface NodeStep {
  node: string
  /** Injects the fault. */
  in: string
  /** Removes the fault. It may run twice, so it must succeed if the fault is removed already. */
  out: string
  /** Exits with 0 exactly while the fault is in place. */
  shows: string
}

/** A merge patch for an object of the API, and the patch that reverts it. */
export interface ApiStep {
  /** Path of the object or of its status, such as `/api/v1/nodes/node-1`. */
  path: string
  patch: object
  back: object
}

/** An object that is created in the API, and deleted to remove the fault. */
export interface ObjectStep {
  /** Path of its collection, such as `/apis/discovery.k8s.io/v1/namespaces/x/endpointslices`. */
  collection: string
  object: {
    apiVersion: string
    kind: string
    metadata: { name: string; labels?: Record<string, string> }
    [field: string]: unknown
  }
}

/** A process of the prover that runs while the fault is in place. It often acts on objects as soon as a scenario creates them. */
export interface Meanwhile {
  what: string
  /**
   * Starts it. Calls `acted` each time that it has broken something; if it never does, the fault counts as not judged.
   * @returns the function that ends it.
   */
  begin: (stage: Stage, acted: () => void) => Promise<() => Promise<unknown>>
  /** For each node that it changes: how to undo the change, and how to see that a change is left. */
  leaves?: readonly Omit<NodeStep, 'in'>[]
}

export type Step = NodeStep | ApiStep | ObjectStep | Meanwhile

/** The tools of a `Meanwhile`. */
export interface Stage {
  api: KubeApi
  topology: Topology
  /** Runs a script in a node's root network namespace. Gives its stdout. */
  shell: (node: string, script: string) => Promise<string>
  signal: AbortSignal
}

/** One IP family of the cluster, with ranges and addresses in the notation of nft. */
export interface Family {
  version: 4 | 6
  /** nft's keyword for the family. */
  ip: 'ip' | 'ip6'
  /** The pod CIDR of the chosen node, and the pod CIDRs of the other nodes as a set. */
  own: string
  others: string
  /** All pod CIDRs. */
  pods: string
  /** The range of virtual IPs, and the virtual IPs of the API and of cluster DNS; empty if there is none. */
  services: string
  api: string
  dns: string
  /** The address of the chosen node, and the address of another node. */
  node: string
  neighbour: string
}

/** The place where a fault is injected. */
export interface Place {
  topology: Topology
  /** The chosen node, and the other sampled nodes. */
  node: NodeRef
  others: readonly NodeRef[]
  /** The IP families of the pods, the primary one first. */
  families: readonly Family[]
  /** The standing pod of this role on the chosen node, or on `node`. */
  pod: (role: Role, node?: NodeRef) => StandingPod
  /** Draws by the seed of the proof, for this fault. The same fault draws the same values again. */
  draw: (fault: string) => Draw
}

/**
 * A claim of a fault: the scenario that must fail in a Then. With `rows`, all rows that match must fail; otherwise one row is
 * enough.
 */
export interface Breaks {
  id: string
  rows?: RegExp
}

/** One fault: how to break a promise, and which scenarios must fail then. */
export interface Fault {
  id: string
  /** One sentence that describes the fault as an engineer would recognise it from an incident. Users see it. */
  says: string
  /** The claims: the scenarios that must fail. */
  breaks: readonly Breaks[]
  /** Scenarios that may fail too, and the reason. */
  also?: { ids: readonly string[]; because: string }
  where: 'one node' | 'every node' | 'one pod' | 'API'
  /** The sources into whose clusters it can be injected. */
  on: readonly ('reference' | 'kind')[]
  /** The capabilities that it needs. */
  needs?: readonly string[]
  steps: (place: Place) => readonly Step[]
}

/** The sources into whose clusters most faults can be injected. */
export const BOTH = ['reference', 'kind'] as const

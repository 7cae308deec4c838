/** What one port of a Service needs in a node's nft table. */
export interface PortRules {
  /** The rules of each chain, by its name. */
  readonly chains: Map<string, string[]>
  /** The declaration of each set, by its name. */
  readonly sets: Map<string, string>
  /** The elements to add, by the name of their set or map. */
  readonly elements: Map<string, string[]>
}

/** The rules of one Service on one node, by the address, protocol and port that clients use. */
export type ServiceRules = ReadonlyMap<string, PortRules>

/** The rules of a port that has none yet. */
export const noRules = (): PortRules => ({ chains: new Map(), sets: new Map(), elements: new Map() })

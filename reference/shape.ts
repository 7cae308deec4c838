/** What differs between healthy clusters: their ranges, the size of their packets, and their names. */
export interface Shape {
  /** The first two groups of the addresses of pods, by version of IP. */
  readonly pods: { readonly 4: string; readonly 6: string }
  /** The ranges of cluster IPs, by version of IP. */
  readonly services: { readonly 4: string; readonly 6: string }
  /** Bytes of the largest packet on the links of pods and nodes. The internet has 1,500. */
  readonly mtu: number
  /** The domain of the cluster's names. */
  readonly domain: string
  /** Seconds for which a client may cache an answer of DNS. */
  readonly ttl: number
}

/** The variable by which the programs of a cluster learn its shape. */
export const shapeVariable = 'FLATNET_REFERENCE_SHAPE'

/** The shape of a cluster that asks for no other one. */
const usualShape: Shape = {
  pods: { 4: '10.244', 6: 'fd00:10:244' },
  services: { 4: '10.96.0.0/16', 6: 'fd00:10:96::/112' },
  mtu: 1500,
  domain: 'cluster.local',
  ttl: 5,
}

/** The shape of the cluster that this process belongs to. */
export const shape: Shape = { ...usualShape, ...(JSON.parse(process.env[shapeVariable] ?? '{}') as Partial<Shape>) }

/** A node with one of its pods. */
export interface NodeWithPod {
  name: string
  address: string
  /** Its pod CIDR. */
  range: string
  pod: string
  podAddress: string
}

/** One end of a packet: an address with a port, as text. */
export type Place = string

/** The addresses that the figures show: an example, or what a run has measured. */
export interface World {
  from: NodeWithPod
  to: NodeWithPod
  /** Whether these are the values of a run. */
  isMeasured: boolean
}

/** A conversation as both ends saw it, with the nodes that it passed. */
export interface Seen {
  /** What the client says: its own address, and the address that it dialled. */
  client: { local: Place; remote: Place }
  /** What the server saw: the address of its peer, and its own address. */
  server: { peer: Place; local: Place }
}

const node = (n: number, pod: string, host: number): NodeWithPod => ({
  name: `node-${n}`,
  address: `172.30.0.1${n}`,
  range: `10.244.${n}.0/24`,
  pod,
  podAddress: `10.244.${n}.${host}`,
})

/** The example of the book. Its values are those of the reference cluster. */
export const EXAMPLE: World = { from: node(1, 'client', 3), to: node(2, 'server', 4), isMeasured: false }

/** The conversations of the example. */
export const SEEN = {
  pods: {
    client: { local: '10.244.1.3:40856', remote: '10.244.2.4:7000' },
    server: { peer: '10.244.1.3:40856', local: '10.244.2.4:7000' },
  },
  service: {
    client: { local: '10.244.1.3:40857', remote: '10.96.105.124:80' },
    server: { peer: '10.244.1.3:40857', local: '10.244.2.4:7000' },
  },
  nodePort: {
    client: { local: '172.30.0.3:51200', remote: '172.30.0.11:30080' },
    server: { peer: '172.30.0.11:51200', local: '10.244.2.4:7000' },
  },
  egress: {
    client: { local: '10.244.1.3:40858', remote: '203.0.113.10:443' },
    server: { peer: '198.51.100.2:24565', local: '203.0.113.10:443' },
  },
} satisfies Record<string, Seen>

export type WayName = keyof typeof SEEN

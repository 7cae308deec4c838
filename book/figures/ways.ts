import type { NodeWithPod, Seen, WayName, World } from './world.ts'

/** A station of a packet. */
export interface Hop {
  name: string
  /** What it does with the packet. */
  does: string
  kind: 'pod' | 'node' | 'outside'
  /** The node on which it is, as a frame around it. */
  on?: NodeWithPod
  /** The packet as it leaves this hop; the last hop has none. */
  packet?: { from: string; to: string }
}

/** The way of a packet from a client to a server. */
export interface Way {
  title: string
  hops: readonly Hop[]
}

/** The address of `address:port`, without the port. */
export const hostOf = (place: string): string => /^\[?(.*?)\]?:\d+$/.exec(place)?.[1] ?? place
/** The port of `address:port`. */
export const portOf = (place: string) => /:(\d+)$/.exec(place)?.[1] ?? ''
const withPort = (ip: string, port: string) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)

/** The way of each figure, from what both ends saw. */
export const WAYS: Record<WayName, (world: World, seen: Seen) => Way> = {
  pods: ({ from, to }, { client, server }) => {
    const packet = { from: client.local, to: client.remote }
    return {
      title: 'From a pod to a pod on another node',
      hops: [
        { name: `pod ${from.pod}`, does: 'sends from its own address', kind: 'pod', on: from, packet },
        {
          name: 'veth pair, bridge',
          does: `${to.range || 'the pod’s address'} is on ${to.name}`,
          kind: 'node',
          on: from,
          packet,
        },
        {
          name: 'bridge, veth pair',
          does: 'hands it to the pod',
          kind: 'node',
          on: to,
          packet: { from: server.peer, to: server.local },
        },
        { name: `pod ${to.pod}`, does: 'sees the client’s own address', kind: 'pod', on: to },
      ],
    }
  },
  service: ({ from, to }, { client, server }) => {
    const packet = { from: server.peer, to: server.local }
    return {
      title: 'From a pod to a Service',
      hops: [
        {
          name: `pod ${from.pod}`,
          does: 'dials the ClusterIP',
          kind: 'pod',
          on: from,
          packet: { from: client.local, to: client.remote },
        },
        { name: 'service proxy', does: 'chooses a backend that is ready', kind: 'node', on: from, packet },
        { name: 'bridge, veth pair', does: 'hands it to the pod', kind: 'node', on: to, packet },
        { name: `pod ${to.pod}, a backend`, does: 'sees the client’s own address', kind: 'pod', on: to },
      ],
    }
  },
  nodePort: ({ from, to }, { client, server }) => {
    const packet = { from: server.peer, to: server.local }
    return {
      title: 'From outside to a Service, through a node port',
      hops: [
        {
          name: 'client outside',
          does: 'dials a node',
          kind: 'outside',
          packet: { from: client.local, to: client.remote },
        },
        {
          name: 'service proxy',
          does: 'chooses a backend, and hides the client',
          kind: 'node',
          on: from,
          packet,
        },
        { name: 'bridge, veth pair', does: 'hands it to the pod', kind: 'node', on: to, packet },
        { name: `pod ${to.pod}, a backend`, does: 'sees the node in place of the client', kind: 'pod', on: to },
      ],
    }
  },
  egress: ({ from }, { client, server }) => ({
    title: 'From a pod to the internet',
    hops: [
      {
        name: `pod ${from.pod}`,
        does: 'dials a server',
        kind: 'pod',
        on: from,
        packet: { from: client.local, to: client.remote },
      },
      {
        name: 'masquerade',
        does: 'puts the node’s address on the packet',
        kind: 'node',
        on: from,
        // No end sees which of the two changes the port. A node chooses one of its own, and a gateway keeps it if it is free.
        packet: { from: withPort(from.address, portOf(server.peer)), to: client.remote },
      },
      {
        name: 'gateway',
        does: 'puts its external address on the packet',
        kind: 'outside',
        packet: { from: server.peer, to: server.local },
      },
      { name: 'server on the internet', does: 'sees the gateway’s address', kind: 'outside' },
    ],
  }),
}

/** What a hop changes of a packet. */
export interface Change {
  hop: Hop
  part: 'source' | 'destination'
  was: string
  is: string
}

/** All changes on a way: which hop rewrites what. */
export const changesOf = ({ hops }: Way): Change[] =>
  hops.flatMap((hop, i) => {
    const before = hops[i - 1]?.packet
    const { packet } = hop
    if (!before || !packet) return []
    const changed = (part: 'source' | 'destination', was: string, is: string): Change[] =>
      was === is ? [] : [{ hop, part, was, is }]
    return [...changed('source', before.from, packet.from), ...changed('destination', before.to, packet.to)]
  })

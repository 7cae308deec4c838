import { z } from 'zod'

/** One end of conversations. A host outside the cluster has no node, and neither has a Service. */
export const End = z.object({
  kind: z.enum(['pod', 'host pod', 'node', 'outside', 'service', 'unknown']),
  name: z.string(),
  node: z.string(),
})
export type End = z.infer<typeof End>

/** The kind of address that a client dials. */
export const Via = z.enum(['pod IP', 'node address', 'node port', 'virtual IP', 'localhost', 'outside', 'name'])
export type Via = z.infer<typeof Via>

/**
 * What became of a conversation: `ok`, a failure as its client saw it, or what was changed on the way. `source`: the server saw
 * another address than that of the client. `wrong server`: a server answered that may not.
 */
export const Effect = z.enum([
  ...(['ok', 'refused', 'timeout', 'unreachable', 'reset', 'dns', 'closed', 'foreign'] as const),
  ...(['source', 'source port', 'destination', 'wrong server', 'bytes', 'wrong answer'] as const),
])
export type Effect = z.infer<typeof Effect>

/** Conversations of one kind between the same two ends, counted. */
export const Path = z.object({
  from: End,
  to: End,
  protocol: z.enum(['TCP', 'UDP', 'HTTP', 'DNS over UDP', 'DNS over TCP']),
  via: Via,
  effect: Effect,
  family: z.enum(['IPv4', 'IPv6']).optional(),
  /** The address that the server saw instead of the client's, and whose it is, if it is another one. */
  becomes: z.string().optional(),
  /** Its answer was lost: the host outside had seen it come from the pod's own address. */
  isUnmasked: z.literal(true).optional(),
  /** The server's port, and the first port of the band in which the client's is. */
  port: z.number(),
  localPort: z.number().optional(),
  /** The largest number of payload bytes of one packet train, in each direction, if the conversation was about its size. */
  request: z.number().optional(),
  answer: z.number().optional(),
  /** What happened on the connection, or on the 4-tuple, before: the conversation was about it. */
  life: z.enum(['a rest', 'many requests', 'a half-close', 'its end', 'others']).optional(),
  /** The two pods are in different namespaces. */
  isAcross: z.literal(true).optional(),
  /** The server was made by a scenario: it did not exist when the run began. */
  isNew: z.boolean(),
  /** The number of conversations, and of those that break the promise of their row. */
  count: z.number(),
  against: z.number(),
  /** The datagrams or first SYNs that were sent in answered conversations, and those that got no answer. */
  packets: z.number().optional(),
  lost: z.number().optional(),
  /** The median of milliseconds until a connection was established, or the first answer came. */
  ms: z.number().optional(),
})
export type Path = z.infer<typeof Path>

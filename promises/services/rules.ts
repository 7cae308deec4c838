import { isMeant, type Observed, type Planned } from '../../contract/conversation.ts'
import type { Failure } from '../../probe/protocol.ts'
import { uidsOf } from './tally.ts'

/** A reset and an unreachable are refusals too: the client knows at once that there is no server. */
export const REFUSALS: readonly Failure[] = ['refused', 'reset', 'unreachable']

/** One planned conversation, and its results so far. */
export interface Client {
  plan: Planned
  /** The uids of the pods that have answered. */
  met: Set<string>
  /** The conversations since it was answered for the first time. */
  tries: number
  /** The conversations of the last round. */
  last: Observed[]
  /** The last conversation that failed. */
  failed?: Observed | undefined
}

/** How to see that a Service is programmed: by rounds of conversations, until every client is right. */
export interface Rounds {
  /** What the Services did, in the past tense, for a sentence. */
  did: string
  /** The conversations of each client in one round. */
  times: number
  /** The first rounds have short deadlines, because a Service that is not programmed yet may drop packets. */
  eager?: true
  /** A client that was right once does not dial again. Without this, all clients must be right in one round. */
  once?: true
  right: (client: Client) => boolean
  /** The backends that a client lacks, in groups: it is not right while one backend of each group does not answer. */
  lacks: (client: Client) => string[][]
}

const each = (uids: readonly string[]) => uids.map((uid) => [uid])
const any = ({ plan }: Client) => [uidsOf(plan)]

const areMeant = ({ last }: Client): boolean[] =>
  last.map(({ to, outcome: { server } }) => server !== undefined && isMeant(to, server.identity))

/** The rules of waiting for a Service. */
export const RULES = {
  each: {
    did: 'sent every client to every backend',
    times: 8,
    eager: true,
    once: true,
    right: ({ plan, met }) => uidsOf(plan).every((uid) => met.has(uid)),
    lacks: ({ plan, met }) => each(uidsOf(plan).filter((uid) => !met.has(uid))),
  },
  meant: {
    did: 'sent every client only to the right backends',
    times: 24,
    eager: true,
    right: (client) => client.last.length > 0 && areMeant(client).every(Boolean),
    lacks: any,
  },
  some: {
    did: 'sent every client to a backend',
    times: 1,
    once: true,
    right: (client) => areMeant(client).some(Boolean),
    // An affinity may lead a client to one backend alone.
    lacks: any,
  },
  one: {
    did: 'sent each client to one backend alone',
    times: 12,
    right: ({ plan, last }) => {
      const uids = last.map(({ outcome }) => outcome.server?.identity.uid)
      return uidsOf(plan).filter((uid) => uids.includes(uid)).length === 1
    },
    lacks: any,
  },
  refused: {
    did: 'refused every client',
    times: 1,
    once: true,
    right: ({ last }) =>
      last.some(({ outcome }) => outcome.failure !== undefined && REFUSALS.includes(outcome.failure)),
    lacks: any,
  },
} satisfies Record<string, Rounds>

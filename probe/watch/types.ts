/** What a probe that watches is asked, and what it reports. All times are milliseconds of its own monotonic clock. */

/** How a conversation is had: over a connection or socket that stays open, over a new one, or as a question to cluster DNS. */
export const WATCH_KINDS = ['TCP kept', 'TCP new', 'UDP kept', 'UDP new', 'DNS'] as const
export type WatchKind = (typeof WATCH_KINDS)[number]

/** One conversation that is repeated. */
export interface WatchFlow {
  /** Names whom it reaches and how. A flow that the next plan has too goes on, with its socket. */
  id: string
  kind: WatchKind
  host: string
  port: number
  everyMs: number
  /** The uid of the pod that must answer, where its own address is dialled: no address may be translated. */
  uid?: string
  /** DNS: the name that is asked for. */
  name?: string
}

/** Everything that a probe repeats, until the next plan. */
export interface WatchPlan {
  /** The addresses of the probe's pod. */
  sources: string[]
  flows: WatchFlow[]
  /** Its own UDP server, with which it talks as a control. */
  self: Pick<WatchFlow, 'host' | 'port' | 'everyMs'>
}

/** The plan that ends a watch. */
export const NO_PLAN: WatchPlan = { sources: [], flows: [], self: { host: '', port: 0, everyMs: 0 } }

/** What became of a conversation that failed or was translated. `died`: an established connection ended. */
export type Mishap =
  | 'died'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'reset'
  | 'closed'
  | 'foreign'
  | 'dns'
  | 'translated'

/** Conversations of one flow that went wrong one after the other, or a part of them. */
export interface WatchEvent {
  seq: number
  flow: string
  /** `dark`: they were not answered. `translated`: they were, and the server saw another address than the client's. */
  is: 'dark' | 'translated'
  /** When the first of them began. */
  from: number
  /** When the first one after them began, or will begin. */
  to: number
  counts: Partial<Record<Mishap, number>>
  /** The event continues the one before of the same flow: no conversation between the two was answered. */
  continues?: true
  /** The next conversation was answered. */
  over?: true
  /** The pod that answered last on a kept socket. */
  server?: string
  /** What was seen, of one of them. */
  detail?: string
}

/** Conversations of a flow since it began. */
export interface WatchTally {
  asked: number
  answered: number
  /** The slowest answer, in milliseconds. */
  slowestMs: number
}

/** A time in which the probe had so little CPU that its failures prove nothing. */
export interface NoCpu {
  seq: number
  from: number
  to: number
}

/** The upper bounds of the classes of answers by their duration, in milliseconds; the last class has no bound. */
export const WATCH_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500] as const

export interface Watched {
  /** Names the process: a container that has started again has another one. */
  instance: string
  now: number
  /** Since when the probe serves. */
  since: number
  tallies: Record<string, WatchTally>
  /** By kind: the number of answers of each class, and the sum of their milliseconds. */
  durations: Partial<Record<WatchKind, { classes: number[]; sumMs: number }>>
  /** Those after the one that the request names. */
  events: WatchEvent[]
  noCpu: NoCpu[]
  /** The events that did not fit into the probe's memory. */
  lost: number
}

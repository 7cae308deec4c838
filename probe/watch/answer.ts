import type { ServerView } from '../protocol.ts'
import type { Mishap, WatchFlow } from './types.ts'

/**
 * How long one conversation may take, in milliseconds. It ends before TCP sends its SYN again (RFC 6298: after a second), so that
 * a conversation shows its own time and not that of the next one.
 */
export const ANSWER_MS = 900

/**
 * Calls `late` after this time, once data that has already arrived was handled. It is not put off while there is no CPU, as other
 * deadlines are: the probe's conversation with itself tells such times.
 * @returns a function that cancels it.
 */
export function atLatest(late: () => void): () => void {
  const timer = setTimeout(() => setImmediate(() => setImmediate(late)), ANSWER_MS)
  return () => clearTimeout(timer)
}

/** What became of one conversation. */
export interface Answer {
  /** The server's view, if a probe answered. */
  view?: ServerView
  /** Why it failed, with what was seen. */
  mishap?: Mishap
  detail?: string
  /** The connection that carried earlier ones had ended. */
  died?: true
}

/** One flow's way to have a conversation. */
export interface Asker {
  ask(): Promise<Answer>
  /** Closes what stays open. */
  close(): void
}

/**
 * What was translated in a conversation with a pod's own address: a sentence, or undefined. Ports are not compared: one local
 * port may meet the same server through a virtual IP, and then the kernel must change it.
 */
export function translated({ uid, host, port }: WatchFlow, sources: readonly string[], view: ServerView) {
  if (uid === undefined) return undefined
  const { local, peer } = view
  if (!sources.includes(peer.ip)) return `the server saw ${peer.ip}, and the client is ${sources.join(', ')}`
  if (local.ip !== host || local.port !== port) return `dialled ${host}:${port}, reached ${local.ip}:${local.port}`
  return undefined
}

import type { Path } from '../contract/path.ts'

/** One explanation of broken promises. */
export interface Cause {
  /** The kind of trouble, a closed set: reports and the proof name causes by it. */
  kind: string
  /** One sentence: what happens, where, and in how many conversations. */
  says: string
  /** The nodes on which it happens; empty if it is not about nodes. */
  nodes: readonly string[]
  protocol?: string
  /** The conversations that it explains, of all that it is about. */
  counts?: { broken: number; of: number }
  /** Sentences about what is intact on the same path. */
  intact: readonly string[]
  /** The rows whose failure it explains. */
  explains: readonly { id: string; row: string }[]
  /** Whether everything that was seen fits to it. Otherwise it is only likely. */
  isSure: boolean
  /** What usually does this. */
  usually: string
  /** Conversations that it explains, of one kind. */
  example?: Path
  /** Sentences about what the nodes themselves showed, where commands could be run on them. */
  shown?: readonly string[]
  /** Commands with which one can look. */
  look: readonly string[]
}

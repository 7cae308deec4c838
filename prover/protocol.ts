import type { ClusterFacts } from '../contract/cluster.ts'
import type { Row } from '../contract/row.ts'
import type { Limits, Settings } from '../contract/settings.ts'
import type { RowStatus } from '../reports/model.ts'

/** What a worker is asked, one thing at a time. */
export type Job =
  | { do: 'open'; run: string; settings: Settings; owner: string; known: Partial<ClusterFacts> }
  | { do: 'rows'; rows: Row[] }
  | { do: 'fault'; fault: string; node: string; rows: Row[]; limits: Limits }
  | { do: 'hold'; fault: string; node: string }
  | { do: 'end' }

/** A row's result as it crosses from the worker. */
export interface RowResult {
  id: string
  row: string
  uri: string
  line: number
  status: RowStatus
  because: string
}

/** What came of a job. */
export interface Answer {
  opened?: Opened
  rows?: RowResult[]
  /** The fault cannot be put in on this cluster. */
  unfit?: string
  /** The prover, and not the network, is what this is about: the fault did not take, or did not stay. */
  trouble?: string
  /** What could not be taken out again. */
  left?: string[]
  /** How to look around while a fault is held. */
  around?: { kubeconfig: string; shell: string[] }
  seconds: number
}

export interface Opened {
  source: string
  nodes: string[]
  portrait: { kubernetesVersion: string; cni: string; proxyMode: string; ipFamilies: string[] }
  /** Faults that cannot be put in here, with the reason. */
  unfit: Record<string, string>
}

/** What a worker sends. */
export type Word = { answer: Answer } | { failure: string; usage: boolean } | { line: string }

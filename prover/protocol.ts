import type { ClusterFacts } from '../contract/cluster.ts'
import type { Row } from '../contract/row.ts'
import type { Limits, Settings } from '../contract/settings.ts'
import type { Step } from '../contract/step.ts'
import type { Cause } from '../reports/cause.ts'
import type { RowStatus } from '../reports/model.ts'

/** A job for a worker. A worker does one at a time. */
export type Job =
  | { do: 'open'; run: string; settings: Settings; owner: string; known: Partial<ClusterFacts>; needs: string[] }
  | { do: 'rows'; rows: Row[] }
  | { do: 'fault'; fault: string; node: string; rows: Row[]; limits: Limits }
  | { do: 'hold'; fault: string; node: string }
  | { do: 'end' }

/** The result of a row, as the worker sends it. */
export interface RowResult {
  id: string
  row: string
  uri: string
  line: number
  status: RowStatus
  because: string
  /** The step that failed, or that found what a Then threw. */
  failedIn?: Step
}

/** The result of a job. */
export interface Answer {
  opened?: Opened
  rows?: RowResult[]
  /** What explains the failed rows under a fault. */
  causes?: Cause[]
  /** Why the fault cannot be injected into this cluster. */
  unfit?: string
  /** A problem of the prover and not of the network: the fault did not take effect, or did not stay in place. */
  trouble?: string
  /** A sentence for each thing that could not be removed again. */
  left?: string[]
  /** How to reach the cluster and the node while a fault is held. */
  around?: { kubeconfig: string; shell: string[] }
  seconds: number
}

export interface Opened {
  source: string
  nodes: string[]
  portrait: { kubernetesVersion: string; cni: string; proxyMode: string; ipFamilies: string[] }
  /** Faults that cannot be injected into this cluster, with the reason. */
  unfit: Record<string, string>
}

/** A message from a worker: the answer to a job, its failure, or a line about its progress. */
export type Word = { answer: Answer } | { failure: string; usage: boolean } | { line: string }

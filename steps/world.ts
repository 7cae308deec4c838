import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber'
import type { V1EndpointSlice, V1Pod } from '@kubernetes/client-node'
import type { PodPlan } from '../cluster/pods/plan.ts'
import type { ProbeKind } from '../cluster/pods/probed.ts'
import type { afresh } from '../cluster/snapshot.ts'
import { Workbench } from '../cluster/workbench.ts'
import type { Observed, Planned } from '../contract/conversation.ts'
import type { ServiceRef, StandingPod, Topology } from '../contract/topology.ts'
import { Made } from '../fixtures/scenario-resources.ts'
import type { Outcome } from '../probe/protocol.ts'
import { converse } from '../promises/conversations/converse.ts'
import { type Quality, qualityOf } from '../promises/conversations/quality.ts'
import type { Addresses } from '../promises/dual-stack/families.ts'
import type { Reports } from '../promises/identity/facts.ts'
import type { Asked } from '../promises/names/ask.ts'
import type { Configured } from '../promises/names/configuration.ts'
import type { Answer } from '../promises/names/lookup.ts'
import type { NamedPort, Topic } from '../promises/names/questions.ts'
import type { Readiness } from '../promises/nodes/kubelet.ts'
import type { VethEnd } from '../promises/pods/veth.ts'
import type { Replacement } from '../promises/replacement/replace.ts'
import type { Holder, Reply } from '../promises/services/addresses.ts'
import type { Rested } from '../promises/services/affinity.ts'
import type { Reached } from '../promises/services/api-server.ts'
import type { Convergence } from '../promises/services/convergence.ts'
import type { Tally } from '../promises/services/tally.ts'
import type { Dialable } from './pairs.ts'
import { topologyOf } from './without-cli.ts'

/** Media types of what a scenario attaches for the reports. */
export const MEDIA = {
  evidence: 'application/vnd.flatnet.evidence+json',
  observation: 'application/vnd.flatnet.observation+json',
  because: 'text/vnd.flatnet.because+plain',
  table: 'text/vnd.flatnet.table+plain',
  drawing: 'text/vnd.flatnet.timeline+plain',
  timeline: 'application/vnd.flatnet.timeline+json',
} as const

/** A scenario's composition root: the cluster, its subjects, and what it has observed. */
export class Flatnet extends World<Topology> {
  readonly topology: Topology
  /** Client and server of each conversation, set by a Given. */
  subjects: Dialable[] = []
  /** Client and server of positive controls, opened beside them. */
  twins: Dialable[] = []
  /** Conversations that were counted, many of each. */
  tallies: Tally[] = []
  /** Pods that the scenario is about. */
  pods: StandingPod[] = []
  /** What containers reported about themselves. */
  reports: Reports[] = []
  /** Error codes of binding a held and a free port, by pod. */
  binds: { pod: StandingPod; held: string | null; free: string | null }[] = []
  /** Pods as they are after something happened to them. */
  renewed: V1Pod[] = []
  /** The way in which the kubelet asks, and what it made of it. */
  probe: ProbeKind = 'httpGet'
  readiness: Readiness[] = []
  ends: VethEnd[] = []
  /** An address that a Service asks for, and what the API made of it. */
  address = ''
  /** Ranges of Services, as the API gives them now. */
  ranges: string[] = []
  holders: Holder[] = []
  rested: Rested[] = []
  /** Whether the Service keeps a client with one backend, so that none meets them all. */
  sticky = false
  reached: Reached[] = []
  families: string[] = []
  #apiServer: (ServiceRef & { port: number }) | undefined
  addresses: Record<'pods' | 'nodes', Addresses[]> = { pods: [], nodes: [] }
  slices: V1EndpointSlice[] = []
  #reply: Reply | undefined
  lookups: Answer[] = []
  /** What cluster DNS was asked and what it answered. */
  asked: Asked[] = []
  topic: Topic | undefined
  configured: Configured[] = []
  /** Ports of the Service that have a name. */
  ports: Record<string, NamedPort> = {}
  /** A second Service, beside the first. */
  twin: ServiceRef | undefined
  /** Backends that were told to end, and those that were made since. */
  ending: StandingPod[] = []
  fresh: StandingPod[] = []
  #now: Awaited<ReturnType<typeof afresh>> | undefined
  plans: PodPlan[] = []
  #service: ServiceRef | undefined
  #replacement: Replacement | undefined
  #followed: Convergence | undefined
  /** Name of this scenario's own objects: its id and its row, set before it starts. */
  name = ''
  readonly #made = new Map<string, Made>()
  #observed: Observed[] = []
  #controls: Observed[] = []
  #judged = true
  #flows: Outcome[] = []

  constructor(options: IWorldOptions<Topology>) {
    super(options)
    this.topology = topologyOf(options.parameters)
  }

  get bench(): Workbench {
    return workbench(this.topology)
  }

  get limits() {
    return this.topology.settings.limits
  }

  /** The conversations of this scenario's When; reading them is judging them. */
  get observed(): readonly Observed[] {
    this.#judged = true
    return this.#observed
  }

  /** Positive controls, opened at the same moment. */
  get controls(): readonly Observed[] {
    return this.#controls
  }

  /** Opens conversations, and controls beside them, all in one batch. */
  async converse(planned: readonly Planned[], controls: readonly Planned[] = []): Promise<void> {
    const all = await converse(this.bench, [...planned, ...controls])
    this.witness(all.slice(0, planned.length), all.slice(planned.length))
  }

  /** Takes conversations that were opened elsewhere as this scenario's observations. */
  witness(observed: Observed[], controls: Observed[] = []): void {
    this.#observed = observed
    this.#controls = controls
    this.#judged = false
    this.#flows.push(...observed.map(({ outcome }) => outcome), ...controls.map(({ outcome }) => outcome))
  }

  /** Whether something failed that no Then has looked at. */
  get unjudged(): boolean {
    return !this.#judged && this.#observed.some(({ outcome }) => outcome.failure !== undefined)
  }

  /** What the API said of nodes and pods when this scenario asked it. */
  get now(): Awaited<ReturnType<typeof afresh>> {
    return given(this.#now, 'new look at the API')
  }

  set now(now: Awaited<ReturnType<typeof afresh>>) {
    this.#now = now
  }

  get apiServer(): ServiceRef & { port: number } {
    return given(this.#apiServer, 'Service of the API server')
  }

  set apiServer(service: ServiceRef & { port: number }) {
    this.#apiServer = service
  }

  get reply(): Reply {
    return given(this.#reply, 'answer of the API')
  }

  set reply(reply: Reply) {
    this.#reply = reply
  }

  get service(): ServiceRef {
    return given(this.#service, 'a Service')
  }

  set service(service: ServiceRef) {
    this.#service = service
  }

  get replacement(): Replacement {
    return given(this.#replacement, 'backends that were replaced')
  }

  /** How the Service followed what was changed. */
  get followed(): Convergence {
    return given(this.#followed, 'Service that followed a change')
  }

  set followed(followed: Convergence) {
    this.#followed = followed
  }

  set replacement(replacement: Replacement) {
    this.#replacement = replacement
  }

  /** What this scenario makes for itself, in the run's main namespace or another one of its. */
  own(namespace: string = this.topology.namespaces.main): Made {
    const known = this.#made.get(namespace)
    if (known) return known
    const made = new Made(this.bench, this.name, namespace)
    this.#made.set(namespace, made)
    return made
  }

  /** Starts the deletion of what this scenario made. */
  async discard(): Promise<void> {
    await Promise.all([...this.#made.values()].map((made) => made.remove()))
  }

  /** A finding for the report that no promise depends on. */
  observe(name: string, value: unknown): void {
    this.attach(JSON.stringify({ name, value }), MEDIA.observation)
  }

  /** What the report keeps of this scenario. */
  evidence(): { flows: Outcome[]; flowsTotal: number; quality: Quality } {
    return { flows: this.#flows.slice(0, 200), flowsTotal: this.#flows.length, quality: qualityOf(this.#flows) }
  }
}

function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`this scenario has no ${what} yet`)
  return value
}

const benches = new Map<string, Workbench>()

/** The workbench of a run: streams are attached once, not once a scenario. */
export function workbench(topology: Topology): Workbench {
  const known = benches.get(topology.run)
  if (known) return known
  const bench = new Workbench(topology)
  benches.set(topology.run, bench)
  return bench
}

/** Closes what is open. */
export const closeWorkbenches = async (): Promise<void> => {
  await Promise.all([...benches.values()].map((bench) => bench.close()))
  benches.clear()
}

setWorldConstructor(Flatnet)

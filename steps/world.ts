import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber'
import type { Workbench } from '../cluster/workbench.ts'
import type { Observed, Planned } from '../contract/conversation.ts'
import { NonConformance } from '../contract/errors.ts'
import type { ServiceRef, StandingPod, Topology } from '../contract/topology.ts'
import { type Ground, type Rule, type Scene, scene } from '../fixtures/ground.ts'
import { Made } from '../fixtures/scenario-resources.ts'
import type { Outcome } from '../probe/protocol.ts'
import { converse } from '../promises/conversations/converse.ts'
import { type Quality, qualityOf } from '../promises/conversations/quality.ts'
import { untilEndpoints, untilFollowed } from '../promises/services/programming.ts'
import { topologyOf } from './without-cli.ts'
import { workbench } from './workbench.ts'

/** Media types of what a scenario attaches for the reports. */
export const MEDIA = {
  evidence: 'application/vnd.flatnet.evidence+json',
  observation: 'application/vnd.flatnet.observation+json',
  because: 'text/vnd.flatnet.because+plain',
  table: 'text/vnd.flatnet.table+plain',
  drawing: 'text/vnd.flatnet.timeline+plain',
  timeline: 'application/vnd.flatnet.timeline+json',
} as const

/** A scenario's composition root: the cluster, its scene, and what it has observed. */
export class Flatnet extends World<Topology> implements Ground {
  readonly topology: Topology
  /** Name of this scenario's own objects: its id and its row, set before it starts. */
  name = ''
  /** What the Given sets. */
  scene: Scene = scene({})
  readonly #made = new Map<string, Made>()
  #observed: readonly Observed[] = []
  #controls: readonly Observed[] = []
  #flows: Outcome[] = []
  #judged = true
  #pending: NonConformance | undefined

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

  /** The Service of the scene, and the second one. @throws Error where the Given made none. */
  get service(): ServiceRef {
    if (!this.scene.service) throw new Error('this scenario has no Service')
    return this.scene.service
  }

  get other(): ServiceRef {
    if (!this.scene.other) throw new Error('this scenario has one Service alone')
    return this.scene.other
  }

  get observed(): readonly Observed[] {
    return this.#observed
  }

  /** Positive controls, opened at the same time. */
  get controls(): readonly Observed[] {
    return this.#controls
  }

  /** The conversations of the When, for a Then that judges them. */
  judge(): readonly Observed[] {
    this.#judged = true
    return this.#observed
  }

  /** Opens conversations, and controls at the same time, all in one batch. */
  async converse(planned: readonly Planned[], controls: readonly Planned[] = []): Promise<void> {
    const all = await converse(this.bench, [...planned, ...controls])
    this.witness(all.slice(0, planned.length), all.slice(planned.length))
  }

  /** Takes conversations as what this scenario observed. */
  witness(observed: readonly Observed[], controls: readonly Observed[] = []): void {
    this.#observed = observed
    this.#controls = controls
    this.#judged = false
    this.#flows.push(...[...observed, ...controls].map(({ outcome }) => outcome))
  }

  /** Whether a conversation failed that no Then has looked at. */
  get unjudged(): boolean {
    return !this.#judged && this.#observed.some(({ outcome }) => outcome.failure !== undefined)
  }

  until(planned: readonly Planned[], rule: Rule): Promise<void> {
    return this.defer(() => untilFollowed(this.bench, planned, rule))
  }

  untilEndpoints(service: string, pods: readonly StandingPod[], as: 'ready' | 'listed' = 'ready'): Promise<void> {
    return untilEndpoints(this.bench, service, pods, as)
  }

  /** Does something whose verdict, where it gives one, the first Then is to throw; nothing where one is known already. */
  async defer(action: () => Promise<void>): Promise<void> {
    if (this.hasVerdict) return
    try {
      await action()
    } catch (error) {
      if (!(error instanceof NonConformance)) throw error
      this.#pending ??= error
    }
  }

  get hasVerdict(): boolean {
    return this.#pending !== undefined
  }

  /** @throws NonConformance where a step before found that a promise is broken; else true. */
  claimPending(): true {
    if (this.#pending) throw this.#pending
    return true
  }

  /** What this scenario makes for itself, in the run's main namespace or in another one of its. */
  own(namespace: string = this.topology.namespaces.main): Made {
    const made = this.#made.get(namespace) ?? new Made(this.bench, this.name, namespace)
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

setWorldConstructor(Flatnet)

import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber'
import type { Workbench } from '../cluster/workbench.ts'
import type { Planned } from '../contract/conversation.ts'
import { Draw } from '../contract/draw.ts'
import { NonConformance } from '../contract/errors.ts'
import { MEDIA } from '../contract/media.ts'
import { type Step, stepOf } from '../contract/step.ts'
import type { ServiceRef, StandingPod, Topology } from '../contract/topology.ts'
import { type Ground, type Rule, type Scene, scene, serviceOf } from '../fixtures/ground.ts'
import { ScenarioResources } from '../fixtures/scenario-resources.ts'
import { converseForVerdict } from '../promises/conversations/second-look.ts'
import { untilDecided } from '../promises/policies/enforce.ts'
import { untilEndpoints } from '../promises/services/endpoints.ts'
import { untilRule } from '../promises/services/until.ts'
import { Observations } from './observations.ts'
import { topologyOf } from './without-cli.ts'
import { workbench } from './workbench.ts'

/** One scenario: its cluster, its scene, and its observations. */
export class Flatnet extends World<Topology> implements Ground {
  readonly topology: Topology
  /** The name of this scenario's own objects, from its id and its row. A hook sets it. */
  name = ''
  /** The scene that the Given has built. */
  scene: Scene = scene({})
  readonly #resources = new Map<string, ScenarioResources>()
  /** The results of its conversations. */
  readonly seen = new Observations()
  #bench: Workbench | undefined
  #draw: Draw | undefined
  /** The broken promise that a Given or a When has found. */
  early: NonConformance | undefined
  /** The present step, and whether it is the last one. A hook sets them. */
  step: Step = stepOf(undefined)
  isLast = false
  /** The non-conformance that a step has thrown. */
  broken: NonConformance | undefined

  constructor(options: IWorldOptions<Topology>) {
    super(options)
    this.topology = topologyOf(options.parameters)
  }

  get draw(): Draw {
    this.#draw ??= new Draw(this.topology.seed, this.name)
    return this.#draw
  }

  get bench(): Workbench {
    this.#bench ??= workbench(this.topology).heardBy(this.seen.paths.hear)
    return this.#bench
  }

  get limits() {
    return this.topology.settings.limits
  }

  /** The Service of the scene. @throws Error if the Given has created none. */
  get service(): ServiceRef {
    return serviceOf(this.scene)
  }

  get other(): ServiceRef {
    if (!this.scene.other) throw new Error('this scenario has no second Service')
    return this.scene.other
  }

  /** Opens conversations, and controls at the same time, all in one batch. */
  async converse(planned: readonly Planned[], controls: readonly Planned[] = []): Promise<void> {
    const all = await converseForVerdict(this.bench, [...planned, ...controls])
    this.seen.take(all.slice(0, planned.length), all.slice(planned.length))
  }

  until(planned: readonly Planned[], rule: Rule): Promise<void> {
    return this.defer(() => untilRule(this.bench, planned, rule))
  }

  untilDenied(denied: readonly Planned[], allowed: readonly Planned[]): Promise<void> {
    return this.defer(async () => void (await untilDecided(this.bench, { denied, allowed })))
  }

  untilEndpoints(service: string, pods: readonly StandingPod[], as: 'ready' | 'listed' = 'ready'): Promise<void> {
    return untilEndpoints(this.bench, service, pods, as)
  }

  /** Runs an action, and keeps its NonConformance for the Thens. Does nothing if there is one already. */
  async defer(action: () => Promise<void>): Promise<void> {
    if (this.hasVerdict) return
    try {
      await action()
    } catch (error) {
      if (!(error instanceof NonConformance)) throw error
      this.early ??= error.foundBy(this.step)
    }
  }

  get hasVerdict(): boolean {
    return this.early !== undefined
  }

  /** The objects that this scenario creates in the run's main namespace, or in another namespace of the run. */
  own(namespace: string = this.topology.namespaces.main): ScenarioResources {
    const found = this.#resources.get(namespace) ?? new ScenarioResources(this.bench, this.name, namespace)
    this.#resources.set(namespace, found)
    return found
  }

  /** The pods of the run, and those of this scenario, that must be as they were. */
  get lasting(): StandingPod[] {
    return [...this.topology.pods, ...[...this.#resources.values()].flatMap(({ lasting }) => lasting)]
  }

  /** Starts the deletion of the objects that this scenario created. */
  async discard(): Promise<void> {
    await Promise.all([...this.#resources.values()].map((each) => each.startDeletion()))
  }

  /** Reports a value that no promise depends on. */
  observe(name: string, value: unknown): void {
    this.attach(JSON.stringify({ name, value }), MEDIA.observation)
  }
}

setWorldConstructor(Flatnet)

import { setTimeout as delay } from 'node:timers/promises'
import type { V1Node, V1Pod } from '@kubernetes/client-node'
import type { KubeApi } from '../cluster/kube/api.ts'
import { isCode } from '../cluster/kube/trouble.ts'
import { follow } from '../cluster/kube/watch.ts'
import type { Streams } from '../cluster/streams/streams.ts'
import { sentence } from '../contract/errors.ts'
import type { ProbeRef } from '../contract/topology.ts'
import { eventually } from '../contract/waiting.ts'
import { zoneOf } from '../contract/zone.ts'
import { NO_PLAN, type WatchPlan } from '../probe/watch/types.ts'
import { type Happening, NodeNews } from './happenings.ts'
import { plansFor, type Shared } from './plan.ts'
import type { WatchRecord } from './record.ts'
import { probesOf, type Stand, watchPods } from './stand.ts'

/** The interval in which a probe is asked for its account, in milliseconds. With many nodes it is longer. */
const ASK_MS = 1_000
const ASK_APART_MS = 5
const ANSWER_MS = 4_000
/** How long the probes may need until every path was answered once: rules of a new Service, first packets. */
const CALM_MS = 30_000
/** A second without anything dark is calm. */
const QUIET_MS = 1_000
/** Conversations that began at the end of the watch have an answer by then, or none. */
const LAST_MS = 1_500
/** How long the last account of a probe is waited for, such as while the API is away. */
const ACCOUNT_MS = 45_000
/** A stream without an answer for so long is given up. */
const HANGS_MS = 30_000

interface Member {
  probe: ProbeRef
  /** The last event that is known, and the process that it is of. */
  seen: { after: number; instance: string }
  /** The plan that the probe follows, as text. */
  plan: string
  over: AbortController
  /** When its last answer came, on the clock of this process. */
  answered: number
}

/** What a watch needs. */
export interface WatchSite {
  api: KubeApi
  streams: Streams
  run: string
  stand: Stand
  everyMs: number
  record: WatchRecord
}

/** Keeps the probes at their work, and collects what they report. */
export class Watch {
  readonly happenings: Happening[] = []
  readonly #site: WatchSite
  readonly #members = new Map<string, Member>()
  readonly #over = new AbortController()
  readonly #news = new NodeNews((says, node) => this.#tell(says, node))
  #shared: Shared
  #apiIsAway = false
  /** Undefined after a change of the probes. */
  #plans: Map<string, WatchPlan> | undefined

  constructor(site: WatchSite) {
    this.#site = site
    this.#shared = { everyMs: site.everyMs, service: site.stand.service }
  }

  /** The nodes whose probes take part now. */
  get nodes(): string[] {
    return [...this.#members.values()].map(({ probe }) => probe.node)
  }

  /** The DNS server that is asked, if pods have one. */
  get dns(): string | undefined {
    return this.#shared.dns?.server
  }

  /** Lets these probes begin, and follows the pods and the nodes. Settles when every path was answered and nothing is dark. */
  async begin(probes: readonly ProbeRef[]): Promise<{ isCalm: boolean }> {
    const { api, streams, stand, run, record } = this.#site
    const [first] = probes
    if (first) {
      const { resolver } = await streams.ask(first, 'facts', {}, ANSWER_MS)
      const [server, zone] = [resolver.nameservers[0], zoneOf(resolver.search)]
      if (server !== undefined && zone !== undefined)
        this.#shared = { ...this.#shared, dns: { server, name: `kubernetes.default.svc.${zone}` } }
    }
    this.#take(probes)
    const signal = this.#over.signal
    const failed = (error: unknown) => this.#lostApi(error)
    void follow(api, watchPods(api, stand, run), (pods: V1Pod[]) => this.#see(pods), { signal, failed })
    if (stand.expected !== undefined) {
      const nodes = { path: '/api/v1/nodes', selector: {}, list: () => api.core.listNode() }
      void follow(api, nodes, (all: V1Node[]) => this.#news.see(all), { signal, failed })
    }
    let quietSince = performance.now()
    const isCalm = await eventually(CALM_MS, async () => {
      const paths = record.pathsNow
      const isAnswered = paths.length > 0 && paths.every(({ answered }) => answered > 0)
      const isHeard = this.nodes.every((node) => record.nodes.has(node))
      const isDark = paths.some(({ darkSince }) => darkSince !== undefined)
      if (!isAnswered || !isHeard || isDark) quietSince = performance.now()
      return performance.now() - quietSince >= QUIET_MS ? true : undefined
    })
    this.happenings.length = 0
    return { isCalm: isCalm === true }
  }

  /**
   * Ends the work of the probes and fetches their last accounts. Gives the nodes of those that did not answer, without nodes that are
   * known to be gone or not Ready.
   */
  async end(): Promise<string[]> {
    await delay(LAST_MS)
    const due = performance.now()
    const all = [...this.#members.values()]
    const silent = () => all.filter(({ answered, probe }) => answered <= due && !this.#news.isAway(probe.node))
    await eventually(ACCOUNT_MS, async () => (silent().length === 0 ? true : undefined))
    this.#over.abort()
    for (const { over } of all) over.abort()
    await Promise.all(
      all.map(({ probe }) => this.#site.streams.ask(probe, 'watch', NO_PLAN, ANSWER_MS).catch(() => undefined)),
    )
    return silent().map(({ probe }) => probe.node)
  }

  /** Whether a node is known to be gone or not Ready. */
  isAway(node: string): boolean {
    return this.#news.isAway(node)
  }

  #tell(says: string, node?: string): void {
    this.happenings.push({ at: performance.now(), says, ...(node !== undefined && { node }) })
  }

  #lostApi(error: unknown): void {
    // These credentials may be allowed to list nodes, and not to watch them.
    if (isCode(error, 403)) return
    if (!this.#apiIsAway) this.#tell(`the API did not answer: ${sentence(error).slice(0, 120)}`)
    this.#apiIsAway = true
  }

  #see(pods: readonly V1Pod[]): void {
    if (this.#apiIsAway) this.#tell('the API answers again')
    this.#apiIsAway = false
    const there = new Set(pods.map(({ metadata }) => metadata?.uid))
    for (const [uid, { probe, over }] of this.#members) {
      if (there.has(uid)) continue
      over.abort()
      this.#members.delete(uid)
      this.#plans = undefined
      this.#site.streams.forget(probe)
      this.#tell(`the probe of ${probe.node} was deleted`, probe.node)
    }
    this.#take(probesOf(this.#site.stand, pods))
  }

  /** Takes the probes that run, with their addresses: a pod whose node was restarted may have another one. */
  #take(probes: readonly ProbeRef[]): void {
    for (const probe of probes) {
      const known = this.#members.get(probe.uid)
      if (known) {
        const moved = known.probe.ips.join() !== probe.ips.join()
        if (moved) this.#tell(`the probe of ${probe.node} has another address now`, probe.node)
        if (moved) this.#plans = undefined
        known.probe = probe
        continue
      }
      const member = { probe, seen: { after: 0, instance: '' }, plan: '', over: new AbortController(), answered: 0 }
      this.#members.set(probe.uid, member)
      this.#plans = undefined
      if (this.#site.record.nodes.has(probe.node)) this.#tell(`${probe.node} has a new probe`, probe.node)
      void this.#keepAsking(member)
    }
  }

  /** Asks a probe for its account until it is gone. A probe that does not answer goes on by itself. */
  async #keepAsking(member: Member): Promise<void> {
    let heard = performance.now()
    while (!member.over.signal.aborted) {
      try {
        await this.#plan(member)
        await this.#account(member)
        heard = performance.now()
      } catch {
        // A stream to a node that was restarted may hang for minutes. On a busy node a new one needs many seconds.
        if (performance.now() - heard > HANGS_MS) {
          this.#site.streams.forget(member.probe)
          heard = performance.now()
        }
      }
      await delay(Math.max(ASK_MS, this.#members.size * ASK_APART_MS))
    }
  }

  /** Gives the probe its plan if that is another one than it follows. */
  async #plan(member: Member): Promise<void> {
    this.#plans ??= plansFor(
      [...this.#members.values()].map(({ probe }) => probe),
      this.#shared,
    )
    const plan = this.#plans.get(member.probe.uid)
    if (!plan) return
    const text = JSON.stringify(plan)
    if (text === member.plan) return
    await this.#site.streams.ask(member.probe, 'watch', plan, ANSWER_MS)
    member.plan = text
  }

  async #account(member: Member): Promise<void> {
    const { streams, record } = this.#site
    const { node, uid } = member.probe
    const asked = performance.now()
    const watched = await streams.ask(member.probe, 'watched', member.seen, ANSWER_MS)
    const answered = performance.now()
    const isKnown = record.nodes.has(node)
    const isNew = record.take(node, uid, asked, answered, watched)
    const { events, noCpu, instance } = watched
    const last = Math.max(isNew ? 0 : member.seen.after, ...[...events, ...noCpu].map(({ seq }) => seq))
    member.seen = { after: last, instance }
    member.answered = answered
    if (isNew && isKnown) {
      // The process that follows the plan is gone with its log.
      member.plan = ''
      this.#tell(`the probe of ${node} started again`, node)
    }
  }
}

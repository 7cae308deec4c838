import { EXIT } from '../contract/exit.ts'
import { type Expected, expectationOf } from '../contract/expected.ts'
import { type Level, placeOf, type Row } from '../contract/row.ts'
import type { Cause } from './cause.ts'
import { causesOf } from './causes/causes.ts'
import { lossesIn } from './losses.ts'
import type { Model, Result } from './model.ts'
import { type Traffic, trafficOf } from './traffic.ts'

type Conclusion = 'conformant' | 'partial' | 'non-conformant' | 'inconclusive'

/** A row that was not tested, and why. */
export interface Untested extends Row {
  because: string
}

/** The results of one level of the specification. */
export interface Profile {
  name: Level
  result: Conclusion
  passed: Result[]
  failed: Result[]
  /** Rows that failed, as a baseline says. */
  expected: Result[]
  inconclusive: Result[]
  /** Rows that were skipped because a capability is missing, or that were not selected. */
  untested: Untested[]
}

/** An entry of a baseline whose rows pass. It must be deleted. */
export type Stale = Expected

export interface Verdict {
  core: Profile
  extended: Profile
  /** The result of core. */
  result: Conclusion
  /** That of a shard does not count rows that other shards run. */
  exitCode: number
  stale: Stale[]
  /** The reason why the whole run is inconclusive, if it is. */
  trouble: string | undefined
  /** The nodes whose network was not ready, so that core is at best partial. */
  withoutNetwork: readonly string[]
  traffic: Traffic
  /** What explains the broken promises, the most important cause first. */
  causes: readonly Cause[]
}

/** The verdict on all results in the messages. */
export function judge(model: Model): Verdict {
  const doubtful = model.end?.trouble
  // Rows that the suite lost leave no message, so compare with the planned rows.
  const ran = new Set(model.results.map(placeOf))
  const lost = (model.facts?.planned ?? []).filter((row) => !ran.has(row)).length
  const missing = model.facts?.missing
  const trouble =
    doubtful ?? missing ?? (lost > 0 ? `the suite did not run ${lost} of the selected rows.` : lossesIn(model.results))
  // A failure under a NetworkPolicy, or on a cluster that broke down, proves nothing about the network.
  const results = doubtful === undefined ? model.results : model.results.map((each) => doubt(each, doubtful))
  const withoutNetwork = withoutNetworkIn(model)
  const elsewhere = elsewhereIn(model)
  const core = profile('core', model, results, trouble, elsewhere)
  const extended = profile('extended', model, results, trouble, elsewhere)
  const failed = core.failed.length + extended.failed.length
  const stale = doubtful === undefined ? staleIn(model) : []
  const unsure = trouble !== undefined || core.inconclusive.length + extended.inconclusive.length > 0
  const exitCode =
    failed + stale.length > 0
      ? EXIT.failed
      : unsure
        ? EXIT.inconclusive
        : core.untested.filter((row) => !elsewhere.has(placeOf(row))).length + withoutNetwork.length > 0
          ? EXIT.partial
          : EXIT.ok
  return {
    core,
    extended,
    result: core.result,
    exitCode,
    stale,
    trouble,
    withoutNetwork,
    traffic: trafficOf(model.results),
    causes: causesIn(results, model),
  }
}

/** The rows that other shards of the run have, if this is a shard. */
const elsewhereIn = ({ facts }: Model): Set<string> => {
  const planned = new Set(facts?.planned)
  return new Set(facts?.shard?.rows.filter((row) => !planned.has(row)))
}

const withoutNetworkIn = ({ facts }: Model): readonly string[] => facts?.cluster.withoutNetwork ?? []

/** The causes that were found last for a model, with the results that they explain: a run judges several times. */
const known = new WeakMap<Model, { results: number; doubtful: boolean; causes: readonly Cause[] }>()

/** The causes of a run. They only explain: if they cannot be found, the verdict stands without them. */
function causesIn(results: readonly Result[], model: Model): readonly Cause[] {
  const doubtful = results !== model.results
  let last = known.get(model)
  if (last?.results !== results.length || last.doubtful !== doubtful) {
    last = { results: results.length, doubtful, causes: found(results, model) }
    known.set(model, last)
  }
  return withEvidence(last.causes, model)
}

function found(results: readonly Result[], model: Model): readonly Cause[] {
  try {
    return causesOf(results, testedIn(model))
  } catch {
    return []
  }
}

/** Causes with what the nodes showed about them. */
const withEvidence = (causes: readonly Cause[], { nodes = [] }: Pick<Model, 'nodes'>): Cause[] =>
  causes.map((cause) => {
    const shown = nodes.filter((each) => each.cause === cause.says).flatMap(({ rules }) => rules)
    return shown.length > 0 ? { ...cause, shown } : cause
  })

/** The nodes that took part, as the report names them. */
const testedIn = ({ facts }: Model): string[] => {
  const tested = facts?.cluster.tested
  return Array.isArray(tested) ? tested.map(String) : []
}

/** The entries of the baselines whose rows were tested and did not fail, unless they may pass. */
function staleIn({ facts, results }: Model): Stale[] {
  return (facts?.expected ?? []).filter((entry) => {
    const about = results.filter((result) => expectationOf([entry], result) && result.status !== 'skipped')
    return entry.mayPass === undefined && about.length > 0 && about.every(({ status }) => status === 'passed')
  })
}

const doubt = (result: Result, trouble: string): Result =>
  result.status === 'failed' || result.status === 'expected'
    ? { ...result, status: 'inconclusive', because: `${result.because}\n(${trouble})` }
    : result

function profile(
  name: Level,
  model: Model,
  all: readonly Result[],
  trouble: string | undefined,
  elsewhere: ReadonlySet<string>,
): Profile {
  const places = new Map((model.facts?.specification ?? []).map((row, i) => [placeOf(row), i]))
  /** Rows in the order of the specification, because scenarios end in any order. */
  const inOrder = <T extends Row>(rows: readonly T[]) =>
    rows.toSorted((a, b) => (places.get(placeOf(a)) ?? 0) - (places.get(placeOf(b)) ?? 0))
  const results = inOrder(all.filter((result) => result.level === name))
  const by = (status: Result['status']) => results.filter((result) => result.status === status)
  const ran = new Set(results.map(placeOf))
  const missing = (model.facts?.specification ?? []).filter((row) => row.level === name && !ran.has(placeOf(row)))
  const planned = new Set(model.facts?.planned)
  const why = (row: Row) => {
    if (planned.has(placeOf(row))) return trouble ?? 'not run'
    return elsewhere.has(placeOf(row)) ? 'run by another shard' : 'not selected'
  }
  const untested = inOrder([...by('skipped'), ...missing.map((row) => ({ ...row, because: why(row) }))])
  const [passed, failed, expected, inconclusive] = [by('passed'), by('failed'), by('expected'), by('inconclusive')]
  const left = name === 'core' ? withoutNetworkIn(model) : []
  const result =
    failed.length > 0
      ? 'non-conformant'
      : inconclusive.length > 0 || trouble !== undefined
        ? 'inconclusive'
        : untested.length + expected.length + left.length > 0
          ? 'partial'
          : 'conformant'
  return { name, result, passed, failed, expected, inconclusive, untested }
}

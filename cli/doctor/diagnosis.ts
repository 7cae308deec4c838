import { z } from 'zod'
import type { Check } from '../../cluster/doctor/check.ts'
import type { Examination } from '../../cluster/doctor/examine.ts'
import type { Loss } from '../../cluster/doctor/rights.ts'
import { nameOf } from '../../cluster/doctor/rights.ts'
import { EXIT } from '../../contract/exit.ts'
import { ownVersion } from '../../contract/files.ts'
import { needsOf, type Row } from '../../contract/row.ts'

const says = z.string().min(1)
const id = z.string().regex(/^[A-Z]{1,2}\d\d$/)
const ids = z.array(id)

const check = z.strictObject({
  name: z.string().min(1),
  state: z
    .enum(['ok', 'note', 'lacks', 'unknown'])
    .describe('note: good to know; unknown: it could not be found out in time'),
  says,
  hint: says.optional().describe('what to do or to type'),
  stops: z
    .enum(['run', 'core'])
    .optional()
    .describe('run: no verdict is possible without it; core: at best a partial one'),
  ms: z.number().int().min(0),
})

const right = z.strictObject({
  verb: z.string().min(1),
  resource: z.string().min(1).describe('with its group: endpointslices.discovery.k8s.io'),
  where: z
    .enum(['run', 'kube-system', 'default', 'cluster'])
    .describe('run: in the namespace or the namespaces of the run'),
  namespace: z.string().optional().describe('the namespace, if it has a name already'),
  loses: z.union([z.literal('everything'), ids]).describe('the promises that cannot be tested without it'),
  knows: says.optional().describe('what a run does not know without it'),
})

/** The object that `flatnet doctor --json` prints. */
export const Diagnosis = z.strictObject({
  apiVersion: z.literal('flatnet/v1'),
  kind: z.literal('Diagnosis'),
  date: z.iso.datetime(),
  flatnetVersion: z.string().min(1),
  result: z
    .enum(['ready', 'partial', 'unusable'])
    .describe('what a run can come to: every core promise, some, or none'),
  cluster: z.strictObject({
    source: z.string().min(1),
    kubernetesVersion: z.string().optional(),
    nodes: z.number().int().min(0).optional(),
    cni: z.string().optional(),
    proxyMode: z.string().optional(),
    ipFamilies: z.array(z.string()).optional(),
  }),
  machine: z.array(check),
  checks: z.array(check).describe('of the cluster; empty for one that flatnet would create'),
  missingRights: z.array(right),
  promises: z
    .strictObject({ core: z.number().int(), extended: z.number().int() })
    .describe('the number of all promises'),
  notTested: z
    .array(z.strictObject({ because: says, core: ids, extended: ids }))
    .describe('what a run would not test, by reason; a reason ends with what enables it, if something does'),
  open: z
    .array(z.strictObject({ capability: z.string().min(1), ids }))
    .describe('capabilities that only a run finds out'),
})
export type Diagnosis = z.infer<typeof Diagnosis>

/** The published schema of the diagnosis. */
export const diagnosisSchema = (): unknown => z.toJSONSchema(Diagnosis)

const idsOf = (rows: readonly Row[]): string[] => [...new Set(rows.map(({ id: each }) => each))].sort()
const ofLevel = (rows: readonly Row[], level: Row['level']): string[] =>
  idsOf(rows.filter((row) => row.level === level))

/** What was found on the machine and in the cluster, in terms of the specification. */
export function diagnose(rows: readonly Row[], machine: readonly Check[], examined: Examination): Diagnosis {
  const { source, checks, portrait, foreseen = {}, missing = [] } = examined
  const lost = [...rowsByReason(rows, foreseen, examined)]
  const notTested = lost.map(([because, some]) => ({
    because,
    core: ofLevel(some, 'core'),
    extended: ofLevel(some, 'extended'),
  }))
  const stops = [...machine, ...checks].map(({ stops: what }) => what)
  const isPartial = stops.includes('core') || notTested.some(({ core }) => core.length > 0)
  return {
    apiVersion: 'flatnet/v1',
    kind: 'Diagnosis',
    date: new Date().toISOString(),
    flatnetVersion: ownVersion(),
    result: stops.includes('run') ? 'unusable' : isPartial ? 'partial' : 'ready',
    cluster: {
      source,
      ...(portrait && {
        kubernetesVersion: portrait.kubernetesVersion,
        nodes: portrait.nodes,
        cni: portrait.cni,
        proxyMode: portrait.proxyMode,
        ipFamilies: portrait.ipFamilies,
      }),
    },
    machine: [...machine],
    checks,
    missingRights: missing.map((each) => ({
      verb: each.verb,
      resource: nameOf(each).slice(each.verb.length + 1),
      where: each.where,
      ...(each.namespace !== undefined && { namespace: each.namespace }),
      ...lossOf(rows, each.loses),
    })),
    promises: { core: ofLevel(rows, 'core').length, extended: ofLevel(rows, 'extended').length },
    notTested,
    open: openNeeds(rows, foreseen).map((capability) => ({
      capability,
      ids: idsOf(rows.filter(({ tags }) => tags.includes(`@needs-${capability}`))),
    })),
  }
}

export const EXIT_OF = { ready: EXIT.ok, partial: EXIT.partial, unusable: EXIT.inconclusive } as const

/** The capabilities that rows need and that only a run finds out; none if the cluster was not examined. */
function openNeeds(rows: readonly Row[], foreseen: NonNullable<Examination['foreseen']>): string[] {
  if (Object.keys(foreseen).length === 0) return []
  return needsOf(rows).filter((need) => (foreseen[need] ?? 'open') === 'open')
}

const losing = (rows: readonly Row[], loses: Exclude<Loss, 'run'>): Row[] =>
  'tags' in loses
    ? rows.filter(({ tags }) => loses.tags.some((tag) => tags.includes(tag)))
    : 'ids' in loses
      ? rows.filter(({ id: each }) => loses.ids.includes(each))
      : []

const lossOf = (rows: readonly Row[], loses: Loss): Pick<z.infer<typeof right>, 'loses' | 'knows'> =>
  loses === 'run'
    ? { loses: 'everything' }
    : { loses: idsOf(losing(rows, loses)), ...('knows' in loses && { knows: loses.knows }) }

/** The rows that a run would not test, by the first reason: what the cluster lacks, and then what the user may not do. */
function rowsByReason(
  rows: readonly Row[],
  foreseen: NonNullable<Examination['foreseen']>,
  { missing = [] }: Examination,
): Map<string, Row[]> {
  const reasonOf = (row: Row): string | undefined => {
    for (const tag of row.tags) {
      const has = foreseen[/^@needs-(.+)$/.exec(tag)?.[1] ?? '']
      if (has !== undefined && has !== 'open' && !has.has) return has.because
    }
    const denied = missing.find(({ loses }) => loses !== 'run' && losing([row], loses).length > 0)
    return denied && `these credentials may not ${nameOf(denied)}; allow it in ${placeOf(denied)}`
  }
  const lost = rows.flatMap((row): [string, Row][] => {
    const because = reasonOf(row)
    return because === undefined ? [] : [[because, row]]
  })
  return new Map(
    [...Map.groupBy(lost, ([because]) => because)].map(([because, all]) => [because, all.map(([, row]) => row)]),
  )
}

/** Where a right holds, in words. */
export const placeOf = ({ where, namespace }: { where: string; namespace?: string | undefined }): string =>
  namespace !== undefined ? `namespace ${namespace}` : where === 'run' ? 'namespaces of a run' : 'whole cluster'

import { z } from 'zod'
import { EXIT } from '../contract/exit.ts'
import { ownVersion } from '../contract/files.ts'
import type { Proof } from './prove.ts'

const Kill = z.strictObject({ id: z.string(), row: z.string(), because: z.string() })

const TrialReport = z.strictObject({
  fault: z.string(),
  says: z.string(),
  where: z.enum(['one node', 'every node', 'one pod', 'API']),
  node: z.string(),
  result: z.enum(['killed', 'survived', 'not judged', 'not applicable']),
  because: z.string().optional(),
  killers: z.array(Kill).describe('one row of each claimed scenario that noticed, with its own message'),
  survivedIn: z.array(z.string()).describe('claimed scenarios that stayed green'),
  untested: z.array(z.string()).describe('claimed scenarios that cannot be tested on this cluster'),
  collateral: z.array(Kill.extend({ explained: z.boolean() })).describe('scenarios that noticed without a claim'),
  left: z.array(z.string()).describe('what could not be taken out again, and how it is'),
  seconds: z.number(),
})

/** The object that `flatnet prove --json` prints. */
export const ProofReport = z.strictObject({
  apiVersion: z.literal('flatnet/v1'),
  kind: z.literal('ProofReport'),
  date: z.string(),
  flatnetVersion: z.string(),
  cluster: z.strictObject({
    source: z.string(),
    kubernetesVersion: z.string(),
    nodes: z.array(z.string()),
    cni: z.string(),
    proxyMode: z.string(),
    ipFamilies: z.array(z.string()),
  }),
  result: z.enum(['proven', 'survived', 'inconclusive']),
  because: z.string().optional(),
  score: z.strictObject({ killed: z.int(), faults: z.int(), notApplicable: z.int() }),
  trials: z.array(TrialReport),
  survivors: z.array(z.string()).describe('faults that some claimed scenario did not notice'),
  unkilled: z.array(z.string()).describe('scenarios that are kept here and that no fault made fail'),
  noFaultHere: z.array(z.string()).describe('scenarios that are kept here, none of whose faults can be put in here'),
  unhealthy: z.array(z.string()).describe('rows that fail with no fault in, before or afterwards'),
  seed: z.int(),
  seconds: z.number(),
})

export type ProofReport = z.infer<typeof ProofReport>

/** What is published of its shape. */
export const proofSchema = (): unknown => z.toJSONSchema(ProofReport)

/** A proof as an object, and the exit code that it means: 0 only when nothing survived. */
export function reportOf(proof: Proof, how: { seed: number; seconds: number }): { report: ProofReport; code: number } {
  const { trials, unkilled, noFaultHere, unhealthy, opened } = proof
  const judged = trials.filter(({ result }) => result !== 'not applicable')
  const killed = judged.filter(({ result }) => result === 'killed')
  const survivors = trials.filter(({ result }) => result === 'survived')
  const spilled = trials.filter(({ collateral }) => collateral.some(({ explained }) => !explained))
  const unclear = trials.filter(({ result }) => result === 'not judged')
  const because =
    unhealthy[0] !== undefined
      ? `the healthy cluster is not clean: ${unhealthy.length} row${unhealthy.length === 1 ? '' : 's'}, the first: ${unhealthy[0]}`
      : unclear[0]
        ? `${unclear.length} not judged, the first: ${unclear[0].fault}: ${unclear[0].because}`
        : judged.length === 0
          ? 'no fault could be put in'
          : undefined
  const escaped = survivors.length > 0 || unkilled.length > 0 || spilled.length > 0
  const result = escaped ? 'survived' : because === undefined ? 'proven' : 'inconclusive'
  const { kubernetesVersion, cni, proxyMode, ipFamilies } = opened.portrait
  const report: ProofReport = {
    apiVersion: 'flatnet/v1',
    kind: 'ProofReport',
    date: new Date().toISOString(),
    flatnetVersion: ownVersion(),
    cluster: { source: opened.source, kubernetesVersion, nodes: opened.nodes, cni, proxyMode, ipFamilies },
    result,
    ...(because !== undefined && { because }),
    score: { killed: killed.length, faults: judged.length, notApplicable: trials.length - judged.length },
    trials: trials.map(({ ran: _, ...trial }) => trial),
    survivors: [...new Set(survivors.map(({ fault }) => fault))],
    unkilled,
    noFaultHere,
    unhealthy,
    ...how,
  }
  return { report, code: escaped ? EXIT.failed : because === undefined ? EXIT.ok : EXIT.inconclusive }
}

import { z } from 'zod'
import { EXIT } from '../contract/exit.ts'
import { ownVersion } from '../contract/files.ts'
import { Step } from '../contract/step.ts'
import type { Proof } from './prove.ts'

const Kill = Step.extend({ id: z.string(), row: z.string(), because: z.string() })

const TrialReport = z.strictObject({
  fault: z.string(),
  says: z.string(),
  where: z.enum(['one node', 'every node', 'one pod', 'API']),
  node: z.string(),
  result: z.enum(['killed', 'survived', 'not judged', 'not applicable']),
  because: z.string().optional(),
  killers: z
    .array(Kill)
    .describe('one failed row of each claimed scenario that failed in a Then, with its message and that step'),
  survivedIn: z.array(z.string()).describe('claimed scenarios that passed, or failed only before their Then'),
  spared: z
    .array(z.strictObject({ id: z.string(), row: z.string() }))
    .describe('rows that passed although the claim needs all of its rows to fail, and others did'),
  early: z.array(Kill).describe('rows of claimed scenarios that failed before their Then, which is no kill'),
  untested: z.array(z.string()).describe('claimed scenarios that cannot be tested on this cluster'),
  collateral: z.array(Kill.extend({ explained: z.boolean() })).describe('rows that failed without being claimed'),
  causes: z
    .array(z.strictObject({ kind: z.string(), says: z.string(), nodes: z.array(z.string()), sure: z.boolean() }))
    .describe('what the reports of a run say about this fault'),
  named: z
    .enum(['exactly', 'among others', 'wrongly', 'not'])
    .describe('whether these causes are the right kind of trouble on the right node'),
  left: z.array(z.string()).describe('what could not be removed again, and how to remove it'),
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
  causes: z
    .strictObject({ exactly: z.int(), amongOthers: z.int(), wrongly: z.int(), of: z.int() })
    .describe('how many of the killed faults the causes of the reports name'),
  trials: z.array(TrialReport),
  survivors: z.array(z.string()).describe('faults under which a claimed scenario passed'),
  unkilled: z.array(z.string()).describe('scenarios that pass on the healthy cluster and that no fault made fail'),
  noFaultHere: z
    .array(z.string())
    .describe('scenarios that pass on the healthy cluster, but none of their faults can be injected into it'),
  unhealthy: z.array(z.string()).describe('rows that do not pass without a fault, before or after the faults'),
  seed: z.int(),
  seconds: z.number(),
})

export type ProofReport = z.infer<typeof ProofReport>

/** The JSON Schema of the report, as it is published. */
export const proofSchema = (): unknown => z.toJSONSchema(ProofReport)

/** The report of a proof, and its exit code: 0 if no fault survived, 1 if one did, 2 if the proof is inconclusive. */
export function reportOf(proof: Proof, how: { seed: number; seconds: number }): { report: ProofReport; code: number } {
  const { trials, unkilled, noFaultHere, unhealthy, opened } = proof
  const judged = trials.filter(({ result }) => result !== 'not applicable')
  const killed = judged.filter(({ result }) => result === 'killed')
  const survivors = trials.filter(({ result }) => result === 'survived')
  const spilled = trials.filter(({ collateral }) => collateral.some(({ explained }) => !explained))
  const unclear = trials.filter(({ result }) => result === 'not judged')
  const because =
    unhealthy[0] !== undefined
      ? `without any fault, ${unhealthy.length} row${unhealthy.length === 1 ? ' does' : 's do'} not pass; the first: ${unhealthy[0]}`
      : unclear[0]
        ? `${unclear.length} fault${unclear.length === 1 ? '' : 's'} not judged; the first: ${unclear[0].fault}: ${unclear[0].because}`
        : judged.length === 0
          ? 'no fault could be injected'
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
    causes: {
      exactly: killed.filter(({ named }) => named === 'exactly').length,
      amongOthers: killed.filter(({ named }) => named === 'among others').length,
      wrongly: killed.filter(({ named }) => named === 'wrongly').length,
      of: killed.length,
    },
    trials: trials.map(({ ran: _, causes, ...trial }) => ({
      ...trial,
      causes: causes.map(({ kind, says, nodes, isSure }) => ({ kind, says, nodes: [...nodes], sure: isSure })),
    })),
    survivors: [...new Set(survivors.map(({ fault }) => fault))],
    unkilled,
    noFaultHere,
    unhealthy,
    ...how,
  }
  return { report, code: escaped ? EXIT.failed : because === undefined ? EXIT.ok : EXIT.inconclusive }
}

import { z } from 'zod'

const id = z.string().regex(/^[A-Z]{1,2}\d\d$/)
const because = z.string().min(1)
const result = z.enum(['conformant', 'partial', 'non-conformant', 'inconclusive'])
const count = z.number().int().min(0)
const place = { id, row: z.string().min(1).optional() }

const component = z.strictObject({ image: z.string().min(1), version: z.string().min(1).optional() })
const machine = z.strictObject({
  node: z.string().min(1),
  kubelet: z.string().optional(),
  kernel: z.string().optional(),
  os: z.string().optional(),
  architecture: z.string().optional(),
  runtime: z.string().optional(),
  podMtu: count.optional().describe('the MTU of the interface of a pod on this node, in bytes'),
})

/** One explanation of broken promises. */
const cause = z.strictObject({
  kind: z.string().min(1).describe('the kind of the fault, one word of a closed set'),
  says: z.string().min(1).describe('one sentence: what happens, where, and in how many conversations'),
  sure: z.boolean().describe('whether everything that was seen fits; otherwise the cause is only likely'),
  nodes: z.array(z.string()).describe('the nodes on which it happens; empty if it is not about nodes'),
  protocol: z.string().min(1).optional(),
  conversations: z
    .strictObject({ broken: count, of: count })
    .optional()
    .describe('those that it explains, of all that it is about'),
  intact: z.array(z.string()).describe('sentences about what is intact on the same path'),
  explains: z.array(z.strictObject(place)).describe('the rows whose failure it explains'),
  usually: z.string().describe('what usually does this'),
  shown: z.array(z.string()).optional().describe('what the nodes showed when a conversation was repeated'),
  look: z.array(z.string()).describe('commands with which one can look'),
})

/** The cluster of any other run. */
const cluster = z.looseObject({
  source: z.string().min(1),
  kubernetesVersion: z.string().regex(/^\d+\.\d+/),
  nodes: count.describe('the number of all nodes'),
  tested: z.array(z.string()).min(1).describe('the nodes that take part'),
  leftOut: z.array(z.strictObject({ node: z.string(), because })).describe('the other nodes, with reasons'),
  withoutNetwork: z.array(z.string()).describe('nodes that are not Ready because their network is not'),
  machines: z.array(machine).min(1).describe('the systems of the nodes that take part'),
  cni: z.string().min(1),
  proxyMode: z.string().min(1),
  images: z
    .strictObject({ cni: component.optional(), proxy: component.optional(), dns: component.optional() })
    .describe('the programs of the cluster’s network that were found'),
  ipFamilies: z.array(z.enum(['IPv4', 'IPv6'])).min(1),
  podCIDRs: z.array(z.string().regex(/\/\d+$/)),
  egress: z.enum(['masquerade', 'native', 'unknown']),
})

/** The cluster of a run that ended before it could read it. */
const unread = z.strictObject({ source: z.string().min(1) })

/**
 * The report object of a run (report.yaml, and `flatnet run --json`), written down once more from the contract and not from the
 * program.
 */
export const ConformanceReport = z.strictObject({
  apiVersion: z.literal('flatnet/v1'),
  kind: z.literal('ConformanceReport'),
  date: z.iso.date(),
  flatnetVersion: z.string().regex(/^\d+\.\d+\.\d+/),
  specification: z.string().min(1),
  cluster: z.union([cluster, unread]),
  result,
  because: because.optional(),
  stale: z.array(z.strictObject({ ...place, reason: because, from: z.string().min(1) })).optional(),
  causes: z.array(cause).optional().describe('what explains the broken promises, the most important first'),
  profiles: z.array(
    z.strictObject({
      name: z.enum(['core', 'extended']),
      result,
      statistics: z.strictObject({
        ...{ passed: count, failed: count, skipped: count, inconclusive: count },
        expectedFailures: count.optional(),
      }),
      failed: z.array(z.strictObject({ ...place, title: z.string().min(1), expected: because, because })),
      expectedFailures: z
        .array(z.strictObject({ ...place, title: z.string().min(1), expected: because, because, reason: because }))
        .optional(),
      inconclusive: z
        .array(z.strictObject({ ...place, title: z.string().min(1), expected: because.optional(), because }))
        .optional(),
      skipped: z.array(z.strictObject({ ...place, because })),
    }),
  ),
  capabilities: z.strictObject({
    supported: z.array(z.string()),
    unsupported: z.array(z.strictObject({ name: z.string(), because })),
  }),
  observations: z.array(z.strictObject({ id: id.optional(), name: z.string(), value: z.unknown() })),
  run: z.looseObject({
    id: z.string().min(1),
    startedAt: z.iso.datetime(),
    seconds: z.number().positive(),
    apiRequests: count,
  }),
})

export type ConformanceReport = z.infer<typeof ConformanceReport>

/** The JSON Schema of the report, as it is published. */
export const reportSchema = (): unknown => z.toJSONSchema(ConformanceReport)

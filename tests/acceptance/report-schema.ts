import { z } from 'zod'

const id = z.string().regex(/^[A-Z]{1,2}\d\d$/)
const because = z.string().min(1)
const result = z.enum(['conformant', 'partial', 'non-conformant', 'inconclusive'])
const count = z.number().int().min(0)
const place = { id, row: z.string().min(1).optional() }

/** The report object, written down once more from the contract and not from the program. */
export const ReportSchema = z.strictObject({
  apiVersion: z.literal('flatnet/v1'),
  kind: z.literal('ConformanceReport'),
  date: z.iso.date(),
  flatnetVersion: z.string().regex(/^\d+\.\d+\.\d+/),
  specification: z.string().min(1),
  cluster: z.looseObject({
    kubernetesVersion: z.string().regex(/^\d+\.\d+/),
    nodes: count,
    tested: z.array(z.string()).min(1),
    leftOut: z.array(z.strictObject({ node: z.string(), because })),
    withoutNetwork: z.array(z.string()),
    cni: z.string().min(1),
    proxyMode: z.string().min(1),
    ipFamilies: z.array(z.enum(['IPv4', 'IPv6'])).min(1),
    podCIDRs: z.array(z.string().regex(/\/\d+$/)),
    egress: z.enum(['masquerade', 'native', 'unknown']),
  }),
  result,
  because: because.optional(),
  stale: z.array(z.strictObject({ ...place, reason: because, from: z.string().min(1) })).optional(),
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

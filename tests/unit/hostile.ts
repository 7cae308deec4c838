import type { Cause } from '../../reports/cause.ts'
import type { Model, Result } from '../../reports/model.ts'
import { judge, type Verdict } from '../../reports/verdict.ts'
import { model, result, row } from './results.ts'

/** A name that wants to be something else in every format, and is long. */
const HOSTILE = [
  `<script>alert(1)</script>"'&]]><img src=x onerror=alert(1)>`,
  '::error title=pwned::pwned',
  '  ::set-output name=a::b',
  'x ##[error]pwned',
  '\u202eright to left\u2066 \u0000\u0007\u001b[31m\r \ud800 \uffff',
  '``` @everyone [x](javascript:alert(1)) | a | b',
  'x'.repeat(10_000),
].join('\n')

export const cause = (change: Partial<Cause> = {}): Cause => ({
  ...{ kind: 'lost', says: 'UDP from node-1 is lost (3 of 3).', nodes: ['node-1'], protocol: 'UDP', isSure: true },
  ...{
    counts: { broken: 3, of: 3 },
    intact: ['TCP on the same path is intact.'],
    explains: [{ id: 'P01', row: 'TCP' }],
  },
  ...{ usually: 'a firewall', look: ['nft list ruleset', 'ip -s link'] },
  ...change,
})

/** A verdict with these causes. */
export const explained = (given: Model, causes: readonly Cause[]): Verdict => ({ ...judge(given), causes })

/** A run whose every text is hostile, with that many rows of each status. */
export function hostileRun(rows = 1): { given: Model; verdict: Verdict } {
  const violation = { expected: HOSTILE, actual: HOSTILE, where: HOSTILE }
  const results = Array.from({ length: rows }, (_, i) => i).flatMap((i): Result[] => {
    const of = (id: string, line: number) => ({
      ...row(id, 'core', line * rows + i, `${HOSTILE} ${i}`),
      title: HOSTILE,
      chapter: HOSTILE,
    })
    return [
      result(of('P01', 1), 'failed', HOSTILE, violation),
      result(of('P02', 2), 'inconclusive', HOSTILE),
      result(of('P03', 3), 'skipped', HOSTILE),
      { ...result(of('P04', 4), 'expected', HOSTILE, violation), reason: HOSTILE },
      { ...result(of('P05', 5), 'passed'), name: HOSTILE, tables: [HOSTILE], timeline: { drawing: HOSTILE, rows: {} } },
    ]
  })
  const given = model(results)
  if (given.facts) {
    given.facts.cluster = { source: HOSTILE, tested: [HOSTILE], cni: HOSTILE }
    given.facts.capabilities = { multi: { has: false, because: HOSTILE } }
    given.facts.specification = results
  }
  const nasty = cause({ says: HOSTILE, nodes: [HOSTILE], intact: [HOSTILE], usually: HOSTILE, look: [HOSTILE] })
  return { given, verdict: explained(given, [{ ...nasty, explains: [] }]) }
}

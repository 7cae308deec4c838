import type { ClusterPortrait } from '../../cluster/site/discover.ts'
import type { Attendance } from '../../cluster/site/nodes.ts'
import { visible } from '../../contract/visible.ts'
import type { Untested, Verdict } from '../../reports/verdict.ts'
import { labelled, MARGIN, type Paint } from '../terminal.ts'
import { causeLines, unexplained } from './causes.ts'

/** The promises that were not tested, grouped by reason. */
export function untestedLines(untested: readonly Untested[], paint: Paint): string[] {
  if (untested.length === 0) return []
  const groups = [...Map.groupBy(untested, (row) => row.because)]
  const text = groups.map(([because, rows]) => `${ids(rows).join(' ')}  ${because}`).join('\n')
  return labelled('Not tested', visible(text), (margin) => paint('yellow', margin))
}

const HEADLINES = {
  conformant: ['green', 'CONFORMANT'],
  partial: ['yellow', 'CONFORMANT AS FAR AS TESTED'],
  'non-conformant': ['red', 'NON-CONFORMANT'],
  inconclusive: ['magenta', 'INCONCLUSIVE'],
} as const

const ids = (rows: readonly { id: string }[]) => [...new Set(rows.map((row) => row.id))]
const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`

const staleLine = ({ id, row, from }: Verdict['stale'][number]): string =>
  `${id}${row === undefined ? '' : ` (${row})`} passes and is listed as an expected failure; delete its entry from ${from}.`

/** The traffic of the run, and what the network lost of it. */
const trafficLine = ({ conversations, tcp, udp }: Verdict['traffic']): string =>
  `${count(conversations, 'conversation')}; second SYN for ${tcp.retransmitted} of ${tcp.connections} connections; no answer to ${udp.datagrams - udp.answered} of ${udp.datagrams} datagrams${udp.aborted ? `; ${count(udp.aborted, 'UDP socket')} ended by the client's node` : ''}`

/** The verdict in a few words. The exit code is 1 if an extended promise is broken, so the words say that too. */
function headline({ result, extended }: Verdict): readonly [(typeof HEADLINES)[keyof typeof HEADLINES][0], string] {
  const [colour, word] = HEADLINES[result]
  const broken = ids(extended.failed).length
  if (broken === 0 || result === 'non-conformant') return [colour, word]
  return ['red', `CORE ${word}; ${count(broken, 'extended promise')} broken`]
}

/** Which nodes take part, and which do not. */
export function nodeLines({ tested = [], leftOut = [] }: Partial<Attendance>, paint: Paint): string[] {
  const groups = [...Map.groupBy(leftOut, ({ because }) => because)]
  const others = groups.map(([because, all]) => `${listed(all.map(({ node }) => node))}  ${because}`)
  return [
    ...labelled('nodes', listed(tested)),
    ...(others.length > 0 ? labelled('left out', others.join('\n'), (margin) => paint('yellow', margin)) : []),
  ]
}

/** The policies besides NetworkPolicies that the run has found, and what else changes its judgement. */
export function remarkLines({ policies = [], notes = [] }: Remarks, paint: Paint): string[] {
  const yellow = (label: string, lines: readonly string[]) =>
    lines.length > 0 ? labelled(label, lines.join('\n'), (margin) => paint('yellow', margin)) : []
  const meaning = 'a row that they may have blocked is inconclusive, and not failed'
  return [
    ...yellow('policies', policies.length > 0 ? [...policies.slice(0, NAMES), meaning] : []),
    ...yellow('note', notes),
  ]
}

type Remarks = Pick<ClusterPortrait, 'policies' | 'notes'>

/** The longest list of names on the screen. The report has all of them. */
const NAMES = 12

const listed = (names: readonly string[]): string =>
  names.length > NAMES ? `${names.slice(0, NAMES).join(' ')} and ${names.length - NAMES} more` : names.join(' ')

/** The last lines: the verdict in words and numbers. */
export function verdictLines(
  verdict: Verdict,
  took: { seconds: number; apiRequests: number },
  folder: string,
  paint: Paint,
): string[] {
  const { core, extended } = verdict
  const [colour, word] = headline(verdict)
  const counts = (profile: typeof core) =>
    [
      profile.failed.length > 0 && `${count(ids(profile.failed).length, 'promise')} broken`,
      profile.expected.length > 0 && `${count(profile.expected.length, 'row')} failed as expected`,
      profile.inconclusive.length > 0 && `${ids(profile.inconclusive).length} not judged`,
      `${ids(profile.passed).filter((id) => !ids([...profile.failed, ...profile.expected]).includes(id)).length} kept`,
      profile.untested.length > 0 && `${ids(profile.untested).length} not tested`,
    ]
      .filter(Boolean)
      .join(', ')
  const broken = ids([...core.failed, ...extended.failed].filter(unexplained(verdict)))
  const causes = causeLines(verdict.causes, paint)
  return [
    `${paint(['bold', colour], word)}   ${took.seconds.toFixed(1)} s, ${took.apiRequests} API requests`,
    ...(causes.length > 0 ? ['', ...causes] : []),
    ...labelled('core', counts(core)),
    ...labelled('extended', counts(extended)),
    ...(broken.length > 0 ? labelled(causes.length > 0 ? 'unexplained' : 'broken', broken.join(' ')) : []),
    ...(verdict.traffic.conversations > 0 ? labelled('traffic', trafficLine(verdict.traffic)) : []),
    ...verdict.stale.flatMap((entry) => labelled('stale', staleLine(entry))),
    ...(verdict.withoutNetwork.length > 0
      ? labelled(
          'because',
          `the network of ${verdict.withoutNetwork.join(', ')} is not ready, so core is at best partial.`,
        )
      : []),
    ...(verdict.trouble === undefined ? [] : labelled('because', visible(verdict.trouble))),
    // A path is not wrapped, so that it can be copied.
    `${'report'.padEnd(MARGIN.length)}${folder}/index.html, report.yaml`,
  ]
}

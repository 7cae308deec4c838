import type { Fault } from '../../faults/fault.ts'
import type { Kill, Trial } from '../../prover/judge.ts'
import { matrix } from '../../prover/matrix.ts'
import type { Proof } from '../../prover/prove.ts'
import type { ProofReport } from '../../prover/report.ts'
import { COLUMNS, painter, wrap } from '../terminal.ts'

/** How many lines of one kind are printed; proof.json has all of them. */
const SOME = 5
const MARKS = { killed: 'ok  ', survived: 'FAIL', 'not judged': '??? ', 'not applicable': 'skip' } as const
const COLOURS = { killed: 'green', survived: 'red', 'not judged': 'magenta', 'not applicable': 'yellow' } as const

const first = (text: string) => text.split('\n')[0] ?? ''
const firstOf = (lines: readonly string[]) => [
  ...lines.slice(0, SOME).map(first),
  ...(lines.length > SOME ? [`… and ${lines.length - SOME} more`] : []),
]
const list = (values: readonly string[]) => [...new Set(values)].join(' ')

/** The step in which a row failed, or that found what its Then threw. */
const told = ({ id, row, step }: Kill) => `${id}${row && ` (${row})`}: ${step}`

/** What the claimed scenarios did under a fault that survived. */
function survival({ survivedIn, spared, early }: Trial): string {
  const failed = survivedIn.filter((id) => early.some((each) => each.id === id))
  const passed = survivedIn.filter((id) => !failed.includes(id))
  const whole = passed.filter((id) => !spared.some((each) => each.id === id))
  const partly = spared.map(({ id, row }) => `${id} did not fail in its row: ${row}`)
  const sentences = failed.map((id) => {
    const first = early.find((each) => each.id === id)
    return `${id} failed before its Then, in: ${first?.step}`
  })
  return [...(whole.length > 0 ? [`${list(whole)} did not fail`] : []), ...partly, ...sentences].join('; ')
}

/** The line of a trial that has ended: the fault, its node, and the scenarios that failed. */
export function trialLine(trial: Trial, done: number, total: number, again = false): string {
  const { result, fault, node, killers, because, seconds } = trial
  const paint = painter(process.stderr)
  const said =
    result === 'killed'
      ? list(killers.map(({ id }) => id))
      : result === 'survived'
        ? survival(trial)
        : first(because ?? '')
  const extra = list(trial.collateral.filter(({ explained }) => !explained).map(({ id }) => id))
  const where = node ? ` on ${node}` : ''
  const took = result === 'not applicable' ? '' : `  ${seconds.toFixed(1)}\u00a0s`
  const words = `${fault}${where}: ${again ? 'will be retried at the end; ' : ''}${said}${extra && `; unclaimed: ${extra}`}${took}`
  const count = `${String(done).padStart(String(total).length)}/${total}`
  const [head = '', ...more] = wrap(words, COLUMNS - 10 - count.length)
  const indent = ' '.repeat(10 + count.length)
  return [`  ${paint(COLOURS[result], MARKS[result])}  ${count}  ${head}`, ...more.map((line) => indent + line)].join(
    '\n',
  )
}

/** The list of faults: for each its id, its sentence, the scenarios that it breaks, and where it can be injected. */
export const faultList = (faults: readonly Fault[]): string[] =>
  faults.flatMap(({ id, where, on, breaks, says }) => [
    id,
    ...wrap(says, COLUMNS - 2).map((line) => `  ${line}`),
    ...wrap(
      `breaks ${list(breaks.map((each) => each.id))}; place: ${where}; clusters: ${on.join(' ')}`,
      COLUMNS - 2,
    ).map((line) => `  ${line}`),
  ])

/**
 * The result of a proof: the matrix, the surviving faults with the reason, and the score. `named`: the user named faults or
 * a scenario, so the step of each kill is printed.
 */
export function proofLines(
  proof: Proof,
  report: ProofReport,
  ids: readonly string[],
  file: string,
  named = false,
): string[] {
  const paint = painter(process.stdout)
  const { trials, unhealthy, unkilled, noFaultHere } = proof
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? ['', paint('bold', title), ...lines.flatMap((line) => wrap(`  ${line}`, COLUMNS))] : []
  const applicable = trials.filter(({ result }) => result !== 'not applicable')
  const spilled = (explained: boolean) =>
    trials.flatMap(({ fault, collateral }) => {
      const these = collateral.filter((each) => each.explained === explained)
      return these.length > 0 ? [`${fault}: ${list(these.map(({ id }) => id))}`] : []
    })
  const { killed, faults, notApplicable } = report.score
  const verdict = { proven: 'PROVEN', survived: 'NOT PROVEN', inconclusive: 'INCONCLUSIVE' }[report.result]
  const colour = { proven: 'green', survived: 'red', inconclusive: 'magenta' } as const
  return [
    '',
    ...matrix(applicable, ids, COLUMNS),
    ...section(
      'Survived',
      trials
        .filter(({ result }) => result === 'survived')
        .map((trial) => `${trial.fault} on ${trial.node}: ${survival(trial)}. ${trial.says}`),
    ),
    ...section(
      'Killed by',
      named ? trials.flatMap(({ fault, killers }) => killers.map((each) => `${fault}: ${told(each)}`)) : [],
    ),
    ...section('Failed without being claimed', spilled(false)),
    ...section('Failed too, as the fault explains', spilled(true)),
    ...section('Never failed under any fault', unkilled.length > 0 ? [list(unkilled)] : []),
    ...section('No fault for these can be injected here', noFaultHere.length > 0 ? [list(noFaultHere)] : []),
    ...section(
      'Not judged',
      trials
        .filter(({ result }) => result === 'not judged')
        .map(({ fault, node, because }) => `${fault} on ${node}: ${first(because ?? '')}`),
    ),
    ...section('Not passed without any fault', firstOf(unhealthy)),
    ...section(
      'Not applicable here',
      [
        ...Map.groupBy(
          trials.filter(({ result }) => result === 'not applicable'),
          ({ because }) => because ?? '',
        ),
      ].map(([because, group]) => `${list(group.map(({ fault }) => fault))}: ${because}`),
    ),
    '',
    `${paint(colour[report.result], verdict)}   ${killed} of ${faults} faults detected${notApplicable > 0 ? `, ${notApplicable} not applicable here` : ''}   seed ${report.seed}   ${report.seconds.toFixed(0)} s`,
    ...(report.causes.of > 0
      ? wrap(
          `causes   ${report.causes.exactly} of ${report.causes.of} named exactly, ${report.causes.amongOthers} among others, ${report.causes.wrongly} wrongly`,
          COLUMNS,
        )
      : []),
    ...(report.because === undefined ? [] : wrap(first(report.because), COLUMNS)),
    `report   ${file}`,
  ]
}

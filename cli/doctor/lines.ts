import { visible } from '../../contract/visible.ts'
import { COLUMNS, type Paint, wrap } from '../terminal.ts'
import { type Diagnosis, placeOf } from './diagnosis.ts'

const MARKS = {
  ok: ['green', '  ok    '],
  note: ['yellow', '  note  '],
  lacks: ['red', '  LACKS '],
  unknown: ['magenta', '  ?     '],
} as const

const NAME = 15
const TEXT = 8 + NAME
const WIDTH = COLUMNS - TEXT

const indented = (text: string): string[] => wrap(visible(text), WIDTH).map((line) => ' '.repeat(TEXT) + line)

/** A check: its mark, its name, what it found and the hint below. */
function checkLines({ name, state, says, hint }: Diagnosis['checks'][number], paint: Paint): string[] {
  const [style, mark] = MARKS[state]
  const [first = '', ...more] = indented(says)
  const hints = hint === undefined ? [] : indented(`-> ${hint}`).map((line) => paint('dim', line))
  return [`${paint(style, mark)}${name.padEnd(NAME)}${first.slice(TEXT)}`, ...more, ...hints]
}

type Right = Diagnosis['missingRights'][number]

/** Rights of one place, those to one resource together: `create,delete services`. */
function verbsOf(rights: readonly Right[]): string {
  const groups = Map.groupBy(rights, ({ resource }) => resource)
  return [...groups].map(([resource, some]) => `${some.map(({ verb }) => verb).join(',')} ${resource}`).join('; ')
}

/** A heading, and paragraphs below it with a hanging indent. */
function block(
  heading: string,
  paragraphs: readonly (readonly [text: string, below: string])[],
  paint: Paint,
): string[] {
  if (paragraphs.length === 0) return []
  const indent = (text: string, by: number) => wrap(text, COLUMNS - by).map((line) => ' '.repeat(by) + line)
  return [
    '',
    paint('bold', heading),
    ...paragraphs.flatMap(([text, below]) => [
      ...indent(text, 2),
      ...(below === '' ? [] : indent(below, 6).map((line) => paint('dim', line))),
    ]),
  ]
}

/** The rights that are missing, those of one place and one loss together. If no run is possible, only those that it takes. */
function rightLines({ missingRights, result }: Diagnosis, paint: Paint): string[] {
  const isShown = ({ loses }: Right) => result !== 'unusable' || loses === 'everything'
  const lossOf = ({ loses, knows }: Right) =>
    loses === 'everything'
      ? 'no run without them'
      : loses.length > 0
        ? `lost: ${loses.join(' ')}`
        : `not known: ${knows}`
  const groups = Map.groupBy(missingRights.filter(isShown), (right) => `${placeOf(right)}\n${lossOf(right)}`)
  const paragraphs = [...groups].map(([group, all]) => {
    const [place = '', loss = ''] = group.split('\n')
    return [`${place}: ${verbsOf(all)}`, loss] as const
  })
  return block('Rights that are missing', paragraphs, paint)
}

/** What a run would not test, by reason. If no run is possible, that says nothing. */
function untestedLines({ notTested, open, result }: Diagnosis, paint: Paint): string[] {
  if (result === 'unusable') return []
  const paragraphs = [...notTested]
    .sort((a, b) => b.core.length - a.core.length)
    .map(({ because, core, extended }) => {
      const ids = [
        ...(core.length > 0 ? ['core', ...core] : []),
        ...(extended.length > 0 ? ['extended', ...extended] : []),
      ]
      return [ids.join(' '), visible(because)] as const
    })
  const later = open.map(({ capability }) => capability).join(', ')
  const last = later === '' ? [] : [[`Only a run finds out: ${later}`, ''] as const]
  return block('Not tested in a run here', [...paragraphs, ...last], paint)
}

const HEADLINES = {
  ready: ['green', 'READY'],
  partial: ['yellow', 'PARTIAL'],
  unusable: ['red', 'NOT POSSIBLE'],
} as const

/** The whole diagnosis for the screen. */
export function diagnosisLines(diagnosis: Diagnosis, command: string, paint: Paint): string[] {
  const { cluster, machine, checks, result, promises, notTested } = diagnosis
  const lost = (level: 'core' | 'extended') => new Set(notTested.flatMap((each) => each[level])).size
  const [style, word] = HEADLINES[result]
  const count = (level: 'core' | 'extended') => `${promises[level] - lost(level)} of ${promises[level]} ${level}`
  const isOpen = result === 'unusable' || checks.length === 0
  const perhaps = new Set(diagnosis.open.flatMap(({ ids }) => ids)).size
  const depends = perhaps > 0 ? `, ${perhaps} of them if the run finds what they need` : ''
  const about = isOpen ? [] : [`${count('core')} and ${count('extended')} promises can be tested${depends}`]
  return [
    paint('bold', `flatnet ${diagnosis.flatnetVersion}   ${visible(cluster.source)}`),
    ...(checks.length > 0 ? ['', paint('bold', 'Cluster'), ...checks.flatMap((each) => checkLines(each, paint))] : []),
    '',
    paint('bold', 'This machine'),
    ...machine.flatMap((each) => checkLines(each, paint)),
    ...rightLines(diagnosis, paint),
    ...untestedLines(diagnosis, paint),
    '',
    ...wrap([word, ...about].join('   '), COLUMNS).map((line) => line.replace(word, paint(style, word))),
    ...(result === 'unusable' ? [] : [`run it: ${command}`]),
  ]
}

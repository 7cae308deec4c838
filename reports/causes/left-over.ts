import { clipped } from '../../contract/visible.ts'
import type { Cause } from '../cause.ts'
import type { Result } from '../model.ts'
import { about, KINDS } from './kinds.ts'

/** The kind of trouble that a promise is about, by its id. The first that matches counts. */
const BY_ID: readonly (readonly [RegExp, keyof typeof KINDS])[] = [
  [/^C0[1-5]$|^C07$/, 'localhost'],
  [/^C06$|^I0[348]$/, 'facts'],
  [/^N0[1-38]$/, 'kubelet'],
  [/^NP/, 'policies'],
  [/^I0|^P(07|09|1[045])$/, 'address'],
  [/^E(09|1[01])$/, 'gateway'],
  [/^E/, 'masquerade'],
  [/^X(09|10)$/, 'loadBalancer'],
  [/^X0|^X11$/, 'nodePort'],
  [/^X/, 'ingress'],
  [/^DS/, 'family'],
  [/^S(19|20)$/, 'endpoints'],
  [/^S(05|06|24)$/, 'virtualIp'],
  [/^D/, 'dns'],
  [/^S/, 'service'],
  [/^[CPN]/, 'loss'],
]

/** Failed rows that no conversation explains: one cause for each kind of trouble, with the nodes that all of its sentences name. */
export function leftOver(rows: readonly Result[], nodes: readonly string[]): Cause[] {
  const groups = Map.groupBy(rows, wordOf)
  return [...groups.values()].map((same) => {
    const [first] = same as [Result, ...Result[]]
    const all = same.map((row) => nodesIn(row, nodes))
    const where = (all[0] ?? []).filter((node) => all.every((each) => each.includes(node)))
    const { name, usually, look } = about(KINDS[wordOf(first)], where)
    return {
      ...{ kind: name, says: sentenceOf(first), nodes: where, intact: [] },
      explains: same.map(({ id, row }) => ({ id, row })),
      ...{ isSure: false, usually, look },
    }
  })
}

const wordOf = ({ id }: Result): keyof typeof KINDS => BY_ID.find(([pattern]) => pattern.test(id))?.[1] ?? 'loss'

/** The longest sentence of a cause, in characters. */
const LONGEST = 240

function sentenceOf({ title, evidence: { violation }, because }: Result): string {
  const [line = ''] = (violation?.actual ?? because).split('\n')
  const text = clipped(line, LONGEST)
  return /[.!?…]$/.test(text) ? text : `${text || title}.`
}

/** The nodes that the sentences about a row name, if they are not all. */
function nodesIn({ evidence: { violation }, because }: Result, nodes: readonly string[]): string[] {
  const text = violation ? `${violation.actual}\n${violation.where ?? ''}` : because
  const found = nodes.filter((node) => mentions(text, node))
  return found.length < nodes.length ? found : []
}

/** Whether a text has a name that is not a part of a longer name. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [before = ' ', after = ' '] = [text[at - 1], text[at + name.length]]
    if (
      !/[\w-]/.test(before) &&
      !/[\w-]/.test(after) &&
      !(after === '.' && /\w/.test(text[at + name.length + 1] ?? ' '))
    )
      return true
  }
  return false
}

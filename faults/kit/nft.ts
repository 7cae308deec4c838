import type { StandingPod } from '../../contract/topology.ts'
import type { Family, NodeStep, Place } from '../fault.ts'

/** One base chain: its hook, such as `nat hook postrouting priority 90`, and its rules. */
export interface Chain {
  hook: string
  rules: string | readonly string[]
}

/** A step that adds a table of the fault's own on a node. The table is removed as a whole. */
export function table(node: string, name: string, chains: readonly Chain[], sets = ''): NodeStep {
  const body = chains.map(({ hook, rules }, i) => `chain c${i} {\ntype ${hook};\n${[rules].flat().join('\n')}\n}`)
  return {
    node,
    in: `nft -f - <<'RULES'\ntable inet ${tableName(name)} {\n${sets}\n${body.join('\n')}\n}\nRULES`,
    out: dropTable(name),
    shows: `nft list table inet ${tableName(name)} | grep -q 'hook '`,
  }
}

/** The name of a fault's table. */
const tableName = (name: string) => `flatnet_${name.replaceAll('-', '_')}`

/** The command that deletes a fault's table, if it exists. */
export const dropTable = (name: string): string => `nft delete table inet ${tableName(name)} 2>/dev/null || :`

/** How to undo tables that a `Meanwhile` adds to these nodes, and how to see that one is left. */
export const leftTables = (name: string, nodes: readonly string[]): Omit<NodeStep, 'in'>[] =>
  nodes.map((node) => ({ node, out: dropTable(name), shows: `nft list table inet ${tableName(name)}` }))

/** A script that adds rules to a fault's table, which may exist already. */
export const addRules = (name: string, hook: string, rules: readonly string[]): string =>
  `nft -f - <<'RULES'
add table inet ${tableName(name)}
add chain inet ${tableName(name)} c0 { type ${hook}; }
${rules.map((rule) => `add rule inet ${tableName(name)} c0 ${rule}`).join('\n')}
RULES`

/** The steps of a fault that adds rules on the chosen node, for each IP family. */
export const rulesOnNode =
  (name: string, hook: string, rules: (family: Family, place: Place) => string) =>
  (place: Place): NodeStep[] => [
    table(place.node.name, name, [{ hook, rules: place.families.map((family) => rules(family, place)) }]),
  ]

const none = { in: '', out: '', shows: '' }

/** A step that adds a table of the fault's own inside a pod's network namespace. */
export const tableInPod = (pod: StandingPod, name: string, chains: readonly Chain[], sysctl = ''): NodeStep => {
  const { in: put, out, shows } = table('', name, chains)
  return inPod(pod, { in: `${sysctl}\n${put}`, out, shows })
}

/** A step with commands inside a pod's network namespace. `alias` is an address that the pod may have instead of its own. */
export function inPod(pod: StandingPod, commands: Partial<Omit<NodeStep, 'node'>>, alias = ''): NodeStep {
  const { in: put, out, shows } = { ...none, ...commands }
  const find = namespaceOf([pod.containers[0]?.ips[0] ?? '', alias])
  const enter = (script: string) => `${find}\n[ -n "$ns" ]\nip netns exec "$ns" sh -e <<'INSIDE'\n${script}\nINSIDE`
  return { node: pod.node, in: enter(put), out: enter(out), shows: enter(shows) }
}

/** A script that sets $ns to the network namespace on this node that has one of these addresses; empty if there is none. */
export const namespaceOf = (ips: readonly string[]): string => `ns=
for each in $(ls /run/netns); do
  if ip -n "$each" -o addr show 2>/dev/null | grep -qF ${ips
    .filter(Boolean)
    .map((ip) => `-e ' ${ip}/'`)
    .join(' ')}; then ns=$each; break; fi
done`

import type { Family, Fault, Meanwhile, NodeStep, Place, Stage } from '../fault.ts'
import { onNode, table, tableName } from './nft.ts'
import { watching } from './watching.ts'

export const BOTH = ['reference', 'kind'] as const
export const NEEDS = ['services'] as const
/** Before anything that a proxy does, on the same hook. */
export const BEFORE = 'nat hook prerouting priority -110'
export const SERVICES = [
  'S01',
  'S02',
  'S03',
  'S04',
  'S05',
  'S06',
  'S07',
  'S08',
  'S09',
  'S10',
  'S11',
  'S12',
  'S13',
  'S14',
  'S15',
  'S16',
  'S17',
  'S18',
  'S19',
  'S21',
  'S24',
  'S25',
  'S26',
  'I07',
  'DS03',
]
export const others = (ids: readonly string[]) => ({
  ids: SERVICES.filter((id) => !ids.includes(id)),
  because: 'they use virtual IPs too',
})

export const inFamily = (ips: readonly string[], { version }: Family) =>
  ips.filter((ip) => ip.includes(':') === (version === 6))
export const standing = ({ topology }: Place, family: Family): string =>
  inFamily(topology.service?.ips ?? [], family)[0] ?? ''
export const podIP = (place: Place, role: 'client' | 'server', family: Family, node = place.node): string =>
  inFamily(place.pod(role, node).containers[0]?.ips ?? [], family)[0] ?? ''
export const nowhere = ({ version }: Family) => (version === 6 ? '2001:db8::7' : '192.0.2.7')
export const at = (ip: string, port: number) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)

export interface Simple {
  id: string
  says: string
  breaks: Fault['breaks']
  also?: NonNullable<Fault['also']>
  where?: NonNullable<Fault['where']>
  on?: Fault['on']
  needs?: readonly string[]
}

export const fault = (simple: Simple, steps: Fault['steps']): Fault => ({
  where: 'one node',
  on: BOTH,
  needs: NEEDS,
  also: others(simple.breaks.map(({ id }) => id)),
  ...simple,
  steps,
})

/** Rules on the drawn node. */
export const rules = (simple: Simple, hook: string, rule: (family: Family, place: Place) => string): Fault =>
  fault(simple, (place) => onNode(simple.id, hook, (family) => rule(family, place))(place))

/** What a rule on some nodes leaves, when it is put there by a scenario's own doing. */
export const leaves = (id: string, nodes: readonly string[]): Omit<NodeStep, 'in'>[] =>
  nodes.map((node) => ({
    node,
    out: `nft delete table inet ${tableName(id)} 2>/dev/null || :`,
    shows: `nft list table inet ${tableName(id)}`,
  }))

/** Puts rules on nodes once a scenario's own objects tell what they must be. */
export const once = (
  id: string,
  scenario: string,
  nodes: readonly string[],
  rulesFor: (now: Parameters<Parameters<typeof watching>[2]>[0]) => string[],
): Meanwhile => ({
  what: `rules for what ${scenario} makes`,
  leaves: leaves(id, nodes),
  begin: async (stage: Stage, acted) => {
    let done = ''
    return watching(stage, scenario, async (now) => {
      const wanted = rulesFor(now)
      if (wanted.length === 0 || wanted.join() === done) return
      done = wanted.join()
      const script = (node: string) =>
        `nft delete table inet ${tableName(id)} 2>/dev/null || :\n${table(node, id, [{ hook: BEFORE, rules: wanted }]).in}`
      await Promise.all(nodes.map((node) => stage.shell(node, script(node))))
      acted()
    })
  },
})

export const virtualIPs = (service: { spec?: { clusterIPs?: string[] } }): string[] => service.spec?.clusterIPs ?? []
export const word = (ip: string) => (ip.includes(':') ? 'ip6' : 'ip')

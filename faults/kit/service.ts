import { BOTH, type Family, type Fault, type Meanwhile, type Place, type Stage } from '../fault.ts'
import { inFamily } from './family.ts'
import { SERVICES } from './groups.ts'
import { dropTable, leftTables, onNode, table } from './nft.ts'
import { watching } from './watching.ts'

export const NEEDS = ['services'] as const
/** Before anything that a proxy does, on the same hook. */
export const BEFORE = 'nat hook prerouting priority -110'
const others = (ids: readonly string[]) => ({
  ids: SERVICES.filter((id) => !ids.includes(id)),
  because: 'they use virtual IPs too',
})

export const standing = ({ topology }: Place, family: Family): string =>
  inFamily(topology.service?.ips ?? [], family)[0] ?? ''
export const nowhere = ({ version }: Family) => (version === 6 ? '2001:db8::7' : '192.0.2.7')

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

/** Puts rules on nodes once a scenario's own objects tell what they must be. */
export const once = (
  id: string,
  scenario: string,
  nodes: readonly string[],
  rulesFor: (now: Parameters<Parameters<typeof watching>[2]>[0]) => string[],
): Meanwhile => ({
  what: `rules for what ${scenario} makes`,
  leaves: leftTables(id, nodes),
  begin: async (stage: Stage, acted) => {
    let done = ''
    return watching(stage, scenario, async (now) => {
      const wanted = rulesFor(now)
      if (wanted.length === 0 || wanted.join() === done) return
      done = wanted.join()
      const script = (node: string) => `${dropTable(id)}\n${table(node, id, [{ hook: BEFORE, rules: wanted }]).in}`
      await Promise.all(nodes.map((node) => stage.shell(node, script(node))))
      acted()
    })
  },
})

export const virtualIPs = (service: { spec?: { clusterIPs?: string[] } }): string[] => service.spec?.clusterIPs ?? []

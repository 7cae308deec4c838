import type { V1ObjectMeta } from '@kubernetes/client-node'
import { show } from '../../contract/conversation.ts'
import { SCENARIO, SERVICE, type ServiceNoun } from '../../fixtures/scenario-resources.ts'
import { BOTH, type Family, type Fault, type Meanwhile, type Place, type Stage } from '../fault.ts'
import { inFamily, word } from './family.ts'
import { SERVICES } from './groups.ts'
import { type Chain, dropTable, leftTables, rulesOnNode, table } from './nft.ts'
import { TCP, UDP } from './ports.ts'
import { watching } from './watching.ts'

export const NEEDS = ['services'] as const
/** The hook of the service proxy, at a priority before its own rules. */
export const BEFORE = 'nat hook prerouting priority -110'
const others = (ids: readonly string[]) => ({
  ids: SERVICES.filter((id) => !ids.includes(id)),
  because: 'their clients use virtual IPs too',
})

/** The virtual IP of the standing Service in this IP family; empty if it has none. */
export const standing = ({ topology }: Place, family: Family): string =>
  inFamily(topology.service?.ips ?? [], family)[0] ?? ''
/** An address that leads nowhere (from the ranges for documentation). */
export const nowhere = ({ version }: Family) => (version === 6 ? '2001:db8::7' : '192.0.2.7')

/** What of the traffic a rule applies to. */
interface Part {
  /** The ports of the Service; by default all. */
  ports?: readonly number[]
  /** One in so many connections; by default all. */
  oneIn?: number
}

/**
 * Sends connections with a virtual IP to a pod, at the target ports of its first container. A rule without a port would keep
 * the Service's port, where no program listens.
 */
export const toTarget = (vip: string, pod: string, { ports, oneIn = 1 }: Part = {}): string[] =>
  L4.map(([l4, port]) => {
    const those = ports ? `${l4} dport { ${ports.join(', ')} }` : `meta l4proto ${l4}`
    return `${word(vip)} daddr ${vip} ${those} numgen random mod ${oneIn} 0 dnat ${word(vip)} to ${show({ ip: pod, port })}`
  })

const L4 = [
  ['tcp', TCP],
  ['udp', UDP],
] as const

/** The data of a fault whose other fields have defaults. */
export interface Simple {
  id: string
  says: string
  breaks: Fault['breaks']
  also?: NonNullable<Fault['also']>
  where?: NonNullable<Fault['where']>
  on?: Fault['on']
  needs?: readonly string[]
}

/** A fault about Services: on one node, in either source, and with all other scenarios about Services in `also`. */
export const fault = (simple: Simple, steps: Fault['steps']): Fault => ({
  where: 'one node',
  on: BOTH,
  needs: NEEDS,
  also: others(simple.breaks.map(({ id }) => id)),
  ...simple,
  steps,
})

/** A fault about Services that adds rules on the chosen node. */
export const rules = (simple: Simple, hook: string, rule: (family: Family, place: Place) => string): Fault =>
  fault(simple, (place) => rulesOnNode(simple.id, hook, (family) => rule(family, place))(place))

/**
 * Adds rules on nodes as soon as the objects of a scenario allow to compute them, and whenever they change, and `more`
 * chains with them.
 */
export const once = (
  id: string,
  scenario: string,
  nodes: readonly string[],
  rulesFor: (now: Parameters<Parameters<typeof watching>[2]>[0]) => string[],
  more: readonly Chain[] = [],
): Meanwhile => ({
  what: `rules for the Services and pods of ${scenario}`,
  leaves: leftTables(id, nodes),
  begin: async (stage: Stage, acted) => {
    let done = ''
    return watching(stage, scenario, async (now) => {
      const wanted = rulesFor(now)
      if (wanted.length === 0 || wanted.join() === done) return
      done = wanted.join()
      const script = (node: string) =>
        `${dropTable(id)}\n${table(node, id, [{ hook: BEFORE, rules: wanted }, ...more]).in}`
      await Promise.all(nodes.map((node) => stage.shell(node, script(node))))
      acted()
    })
  },
})

/** Whether a Service is the one of this noun in its scenario. */
export const isFor =
  (noun: ServiceNoun) =>
  ({ metadata }: { metadata?: V1ObjectMeta | undefined }): boolean =>
    metadata?.labels?.[SERVICE] === noun

/** Whether two objects belong to the same scenario. */
export const ofOneScenario = (
  a: { metadata?: V1ObjectMeta | undefined },
  b: { metadata?: V1ObjectMeta | undefined },
): boolean => a.metadata?.labels?.[SCENARIO] === b.metadata?.labels?.[SCENARIO]

export const virtualIPs = (service: { spec?: { clusterIPs?: string[] } }): string[] => service.spec?.clusterIPs ?? []

import type { V1Pod } from '@kubernetes/client-node'
import type { Meanwhile, NodeStep, Place } from '../fault.ts'
import { FORWARD } from './hooks.ts'
import { addRules, leftTables } from './nft.ts'
import { watching } from './watching.ts'

/** The nft table of the reference cluster's policy engine. It has the chains `forward`, `ingress` and `egress`. */
const ENGINE = 'inet policies'

const note = (id: string) => `flatnet ${id}`

/** A step that puts a rule before all others of a chain of the node's policy engine. */
export const engineRule = (
  node: string,
  id: string,
  chain: 'forward' | 'ingress' | 'egress',
  rules: readonly string[],
): NodeStep => ({
  node,
  in: rules.map((rule) => `nft insert rule ${ENGINE} ${chain} ${rule} comment '"${note(id)}"'`).join('\n'),
  out: `for handle in $(nft -a list chain ${ENGINE} ${chain} 2>/dev/null | sed -n 's/.*"${note(id)}".* # handle //p'); do
  nft delete rule ${ENGINE} ${chain} handle $handle
done`,
  shows: `nft list chain ${ENGINE} ${chain} | grep -q '"${note(id)}"'`,
})

/** The same on every sampled node. */
export const engineRules =
  (id: string, chain: 'forward' | 'ingress' | 'egress', rules: (place: Place) => readonly string[]) =>
  (place: Place): NodeStep[] =>
    place.topology.nodes.map(({ name }) => engineRule(name, id, chain, rules(place)))

/** A step that lets the node's policy engine filter what the node itself sends to its pods, and gets from them. */
export const filtersTheNode = (node: string): NodeStep => ({
  node,
  in: [chainOfNode('output', 'ingress'), chainOfNode('input', 'egress')].join('\n'),
  out: ['output', 'input'].map((hook) => `nft delete chain ${ENGINE} flatnet_${hook} 2>/dev/null || :`).join('\n'),
  shows: `nft list chain ${ENGINE} flatnet_output`,
})

const chainOfNode = (hook: 'output' | 'input', filter: 'ingress' | 'egress'): string =>
  `nft -f - <<'RULES'
add chain ${ENGINE} flatnet_${hook} { type filter hook ${hook} priority 10; }
add rule ${ENGINE} flatnet_${hook} ct state established,related accept
add rule ${ENGINE} flatnet_${hook} jump ${filter}
RULES`

/** A step that lets the first packets of each pod out, for some seconds. */
export const lateForPods = (place: Place, node: string, id: string, seconds: number): NodeStep => {
  const families = place.families.map(({ version, ip }) => [version, ip, `ipv${version}_addr`] as const)
  const rules = families.flatMap(([n, ip]) => [
    `${ip} saddr @flatnet_young${n} return`,
    `${ip} saddr != @flatnet_met${n} add @flatnet_met${n} { ${ip} saddr } add @flatnet_young${n} { ${ip} saddr } return`,
  ])
  const step = engineRule(node, id, 'egress', rules)
  const sets = families.map(
    ([n, , type]) => `add set ${ENGINE} flatnet_met${n} { type ${type}; flags dynamic; }
add set ${ENGINE} flatnet_young${n} { type ${type}; flags dynamic,timeout; timeout ${seconds}s; }`,
  )
  const names = families.flatMap(([n]) => [`flatnet_met${n}`, `flatnet_young${n}`])
  return {
    ...step,
    in: `nft -f - <<'SETS'\n${sets.join('\n')}\nSETS\n${step.in}`,
    out: `${step.out}\n${names.map((name) => `nft delete set ${ENGINE} ${name} 2>/dev/null || :`).join('\n')}`,
  }
}

const ipsOf = ({ status }: V1Pod): string[] => status?.podIPs?.map(({ ip }) => ip ?? '').filter(Boolean) ?? []

const WAIT_TENTHS = 400

/** A script that waits until the node's policy engine isolates a pod. */
const untilIsolated = (ip: string, direction: 'ingress' | 'egress'): string => `tenths=0
until nft list map ${ENGINE} ${direction}${ip.includes(':') ? 6 : 4} 2>/dev/null | grep -qF ' ${ip} '; do
  tenths=$((tenths + 1))
  [ $tenths -lt ${WAIT_TENTHS} ]
  sleep 0.1
done`

/** Does this on a node for each address of a scenario's pods, once it is known, and for all of them at the same time. */
const forPodsOf = (
  what: string,
  scenario: string,
  leaves: NonNullable<Meanwhile['leaves']>,
  script: (ip: string, pod: V1Pod) => string | undefined,
): Meanwhile => ({
  what,
  leaves,
  begin: async (stage, acted) => {
    const done = new Map<string, Promise<void>>()
    const act = async (node: string, words: string) => {
      // A pod that no policy has isolated when the rows have ended is no mistake.
      await stage.shell(node, words).then(acted, () => undefined)
    }
    const stop = await watching(stage, scenario, async ({ pods }) => {
      for (const pod of pods)
        for (const ip of ipsOf(pod)) {
          const words = script(ip, pod)
          if (words !== undefined && !done.has(ip)) done.set(ip, act(pod.spec?.nodeName ?? '', words))
        }
    })
    return async () => {
      await stop()
      await Promise.all(done.values())
    }
  },
})

/** Filters on a pod's own node, for the pods of a scenario. `once`: as soon as policies isolate the pod in that direction. */
export const filtersPodsOf = (
  { topology }: Place,
  { id, scenario, once }: { id: string; scenario: string; once?: 'ingress' | 'egress' },
  rules: (ip: string, pod: V1Pod) => readonly string[],
): Meanwhile =>
  forPodsOf(
    `filters for the pods of ${scenario}`,
    scenario,
    leftTables(
      id,
      topology.nodes.map(({ name }) => name),
    ),
    (ip, pod) => {
      const own = rules(ip, pod)
      if (own.length === 0) return undefined
      return [...(once ? [untilIsolated(ip, once)] : []), addRules(id, FORWARD, own)].join('\n')
    },
  )

/** Lets a rule of the node's policy engine begin with these words, as soon as the pods of a scenario have addresses. */
export const overlooksPodsOf = (
  place: Place,
  id: string,
  scenario: string,
  chain: 'ingress' | 'egress',
  rules: (ip: string, pod: V1Pod) => readonly string[],
): Meanwhile => {
  const steps = place.topology.nodes.map(({ name }) => {
    const { in: _, ...left } = engineRule(name, id, chain, [])
    return left
  })
  return {
    what: `rules of the policy engine for the pods of ${scenario}`,
    leaves: steps,
    begin: async (stage, acted) => {
      let done = ''
      return watching(stage, scenario, async ({ pods }) => {
        const wanted = pods.flatMap((pod) => ipsOf(pod).flatMap((ip) => rules(ip, pod)))
        if (wanted.length === 0 || wanted.join() === done) return
        done = wanted.join()
        await Promise.all(
          steps.map(({ node, out }) => stage.shell(node, `${out}\n${engineRule(node, id, chain, wanted).in}`)),
        )
        acted()
      })
    },
  }
}

/** Stops the policy engine of the chosen node once it isolates a pod of this scenario, so that it never learns what comes later. */
export const freezingEngine = ({ node: { name } }: Place, scenario: string): Meanwhile => {
  const find = `pid=$(pgrep -f '^policies-${name}( |$)' | head -1)\n[ -n "$pid" ]`
  const left = {
    node: name,
    out: `${find} && kill -CONT $pid || :`,
    shows: `${find}\ngrep -q '^State:.*T' /proc/$pid/status`,
  }
  return forPodsOf(
    `the policy engine stops while a pod of ${scenario} is isolated`,
    scenario,
    [left],
    (ip, { spec }) =>
      spec?.nodeName === name ? `${untilIsolated(ip, 'ingress')}\n${find}\nkill -STOP $pid` : undefined,
  )
}

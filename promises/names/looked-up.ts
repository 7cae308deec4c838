import type { ProbeRef } from '../../contract/topology.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { resolversOf } from '../../fixtures/resolver.ts'
import { ALIASES, aliasIp } from '../../fixtures/scenes/pods.ts'
import { clientProbes, standingService } from '../../fixtures/service-clients.ts'
import { type Answer, claimLeads, claimLeadsElsewhere, FORMS, type Form, lookUp, nameOf } from './lookup.ts'

/** The answers to lookups, by the words of a Then for the name. */
export type LookedUp = Readonly<Record<string, readonly Answer[]>>

/** One container of each pod of the scene. */
export const probesOf = ({ pods }: Scene): ProbeRef[] => pods.flatMap(({ containers }) => containers.slice(0, 1))

const inForm =
  (form: Form) =>
  async (ground: Ground, scene: Scene): Promise<LookedUp> => {
    const service = serviceOf(scene)
    const { main } = ground.topology.namespaces
    const resolvers = await resolversOf(ground.bench, clientProbes(ground.topology))
    return { 'the name': await lookUp(ground.bench, resolvers, ({ zone }) => nameOf(form, service.name, main, zone)) }
  }

/** Looks up the name with its namespace and the bare name at the same time. */
async function bare({ bench, topology }: Ground, scene: Scene): Promise<LookedUp> {
  const service = serviceOf(scene)
  const resolvers = await resolversOf(bench, probesOf(scene))
  const name = ({ zone }: { zone: string }) =>
    nameOf('name with its namespace', service.name, topology.namespaces.main, zone)
  const all = await lookUp(bench, resolvers, name, [service.name])
  return {
    'the name with its namespace': all.filter((each) => each.name !== service.name),
    'the bare name': all.filter((each) => each.name === service.name),
  }
}

/** Looks up each pod's hostname, and the aliases in its hosts file. */
async function ownNames({ bench, limits }: Ground, scene: Scene): Promise<LookedUp> {
  const all = await Promise.all(
    probesOf(scene).map(async (client) => {
      const { hostname } = await bench.ask(client, 'facts', {})
      const names = [hostname, ...Object.keys(ALIASES)]
      const found = await bench.ask(client, 'lookup', { names, deadline: limits.dial })
      return found.map((lookup) => ({ ...lookup, client }))
    }),
  )
  const aliases = Object.keys(ALIASES)
  return {
    'its hostname': all.flat().filter(({ name }) => !aliases.includes(name)),
    'every alias': all.flat().filter(({ name }) => aliases.includes(name)),
  }
}

/** Looks up the standing Service from each pod of the scene. */
async function standingName({ bench, topology }: Ground, scene: Scene): Promise<LookedUp> {
  const { name } = standingService(topology)
  const resolvers = await resolversOf(bench, probesOf(scene))
  return { 'the name': await lookUp(bench, resolvers, () => `${name}.${topology.namespaces.main}`) }
}

/** Names that were looked up, in the words of a Then. */
export const NAMES = ['the name', 'the name with its namespace', 'the bare name', 'its hostname', 'every alias']

/** The lookups, in the words of a When. */
export const LOOKUPS: Readonly<Record<string, (ground: Ground, scene: Scene) => Promise<LookedUp>>> = {
  ...Object.fromEntries(FORMS.map((form) => [`the Service's ${form}`, inForm(form)])),
  "the Service's bare name, and the name with its namespace": bare,
  "a Service's name": standingName,
  'its own hostname and its host aliases': ownNames,
}

/** The addresses to which a name leads, in the words of a Then. */
export const GOALS: Readonly<
  Record<string, { owner: string; ips: (ground: Ground, scene: Scene, answer: Answer) => readonly string[] }>
> = {
  "the Service's virtual IP": {
    owner: 'the virtual IP',
    ips: ({ topology }, { service }) => (service ?? standingService(topology)).ips,
  },
  "the pod's own address": { owner: 'the pod’s own address', ips: (_, __, { client }) => client.ips },
  "the address in the pod's specification": {
    owner: 'the address in the pod’s hostAliases',
    ips: (_, __, { client, name }) => [aliasIp(client.ips, ALIASES[name as keyof typeof ALIASES])],
  },
}

/** Every answer is the goal's address. If `leads` is false, no answer is. */
export function claimGoal(
  ground: Ground,
  scene: Scene,
  answers: readonly Answer[],
  words: string,
  leads: boolean,
): void {
  const goal = GOALS[words]
  if (!goal || answers.length === 0) throw new Error('no name was looked up')
  for (const answer of answers)
    (leads ? claimLeads : claimLeadsElsewhere)([answer], goal.ips(ground, scene, answer), goal.owner)
}

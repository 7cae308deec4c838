import { sentence, UsageError } from '../../contract/errors.ts'
import { fullName } from '../../contract/image.ts'
import type { Settings } from '../../contract/settings.ts'
import { isCode } from '../kube/trouble.ts'
import { createPod } from '../pods/create.ts'
import { portsOf } from '../pods/plan.ts'
import { chooseNodes } from '../site/choose-nodes.ts'
import type { Discovery } from '../site/discover.ts'
import { tryNamespace } from '../site/namespaces.ts'
import { attendance } from '../site/nodes.ts'
import { foreignPolicies } from '../site/policies.ts'
import { mayBlock, widePolicies } from '../site/wide-policies.ts'
import { bare, type Found, lacks, note, ok } from './check.ts'
import { type Outlook, TRIED } from './foresee.ts'

type Nodes = ReturnType<typeof chooseNodes>

/** The nodes that a run would choose. @throws Trouble or UsageError as a run would. */
export const chosenFrom = ({ nodes }: Discovery, settings: Settings): Nodes | undefined =>
  nodes && chooseNodes(nodes, settings)

const listed = (names: readonly string[], most = 8): string =>
  `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`

/** Which nodes take part, and why others do not. */
export function nodesCheck({ nodes }: Discovery, settings: Settings): Found {
  if (!nodes) return note('these credentials may not list nodes; a run finds some by scheduling', 'allow list nodes')
  let chosen: Nodes
  try {
    chosen = chooseNodes(nodes, settings)
  } catch (error) {
    if (error instanceof UsageError) throw error
    return lacks(bare(sentence(error)), undefined, 'run')
  }
  const { tested, leftOut, withoutNetwork } = attendance(nodes, [...chosen.sampled, ...chosen.ring], settings)
  const others = leftOut.map(({ node, because }) => `${node} ${because}`)
  const says = `${tested.length} of ${nodes.length} take part: ${listed(tested)}${others.length > 0 ? `; ${listed(others, 5).replaceAll(', ', '; ')}` : ''}`
  if (withoutNetwork.length > 0) return lacks(says, `repair the network of ${listed(withoutNetwork)}`, 'core')
  return leftOut.length > 0 ? note(says) : ok(says)
}

/** The network of the cluster, as its components tell. */
export function networkCheck({ portrait }: Discovery): Found {
  const { cni, proxyMode, ipFamilies, podCIDRs } = portrait
  const ranges = podCIDRs.length > 0 ? `, pods ${listed(podCIDRs, 3)}` : ''
  return ok(`plug-in ${cni}, kube-proxy ${proxyMode}, ${ipFamilies.join(' and ') || 'IP families unknown'}${ranges}`)
}

/** Whether the namespaces of a run would be created with their Pod Security levels. Nothing is created. */
export async function namespacesCheck({ api }: Outlook): Promise<Found> {
  try {
    await tryNamespace(api, TRIED, TRIED, 'restricted')
    return ok('the API would create the namespaces of a run, Pod Security restricted')
  } catch (error) {
    const hint = 'run in a namespace that you have: flatnet run --namespace NAME'
    return lacks(
      isCode(error, 403) ? `you may not create namespaces: ${bare(sentence(error))}` : bare(sentence(error)),
      hint,
      'run',
    )
  }
}

/** Whether the given namespace would take a pod of a run: Pod Security, quotas, limits, webhooks. Nothing is created. */
export async function podsCheck({ api, settings }: Outlook, namespace: string): Promise<Found> {
  const plan = { name: 'flatnet-dry-run', namespace, containers: [{ name: 'app', ports: portsOf(0) }] }
  try {
    await createPod(api, plan, { run: TRIED, image: settings.probeImage, pods: settings.pods }, 'All')
    return ok(`namespace ${namespace} would take the pods of a run`)
  } catch (error) {
    if (isCode(error, 404))
      throw new UsageError(`namespace ${namespace} does not exist; create it first, or leave --namespace out.`)
    return lacks(`namespace ${namespace} would refuse the pods of a run: ${bare(sentence(error))}`, undefined, 'run')
  }
}

/** How many standing pods a node has in a run that is confined to a namespace. */
const PODS_OF_A_NODE = 3

/** The quotas and limits of the given namespace. */
export async function quotaCheck({ api, sampled }: Outlook, namespace: string): Promise<Found> {
  const reading = Promise.all([
    api.core.listNamespacedResourceQuota({ namespace }),
    api.core.listNamespacedLimitRange({ namespace }),
  ])
  const read = await reading.catch((error: unknown) => {
    if (isCode(error, 403)) return undefined
    throw error
  })
  if (!read) return { state: 'unknown', says: 'these credentials may not read quotas and limits' }
  const [quotas, ranges] = read
  const standing = PODS_OF_A_NODE * (sampled?.length ?? 3)
  const words = quotas.items.map(({ metadata, status }) => {
    const used = Object.entries(status?.hard ?? {}).map(
      ([what, hard]) => `${what} ${status?.used?.[what] ?? 0} of ${hard}`,
    )
    return `quota ${metadata?.name}: ${listed(used, 6)}`
  })
  const left = quotas.items.flatMap(({ status }) => {
    const hard = status?.hard?.pods ?? status?.hard?.['count/pods']
    return hard === undefined ? [] : [Number(hard) - Number(status?.used?.pods ?? status?.used?.['count/pods'] ?? 0)]
  })
  const says = [...words, ...ranges.items.map(({ metadata }) => `LimitRange ${metadata?.name}`)].join('; ')
  if (left.some((pods) => pods < standing))
    return lacks(
      `${says}; the run keeps ${standing} pods, and scenarios add some`,
      'raise the quota, or sample fewer nodes: --nodes 2',
      'run',
    )
  return says === '' ? ok(`namespace ${namespace} has no quota and no LimitRange`) : note(says)
}

/** On how many nodes the probes' image is there already, as far as their status tells (at most 50 images). */
export function imageCheck({ nodes }: Discovery, { probeImage }: Settings): Found {
  const name = fullName(probeImage)
  const hint = 'behind a mirror: --image-registry HOST; flatnet images lists what to copy'
  // A node names the images that it has; one that names none does not tell.
  if (!nodes?.some(({ status }) => status?.images?.length)) return note(`the nodes pull ${name} if they lack it`, hint)
  const having = nodes.filter(({ status }) =>
    status?.images?.some(({ names }) => names?.some((each) => fullName(each) === name)),
  )
  if (having.length === nodes.length) return ok(`${probeImage} is on all nodes`)
  return note(`${probeImage} is on ${having.length} of ${nodes.length} nodes; the others pull ${name}`, hint)
}

/** Policies that may block conversations of a run. */
export async function policiesCheck({ api, settings }: Outlook): Promise<Found> {
  const namespaces = settings.namespace?.split(',') ?? []
  const [own, wide] = await Promise.all([foreignPolicies(api, namespaces), widePolicies(api, namespaces)])
  if (own.length > 0) {
    const says = `NetworkPolicy ${listed(own)} may block the run, so it would give no verdict`
    return lacks(says, 'use another namespace, or exempt pods labelled app.kubernetes.io/managed-by=flatnet', 'run')
  }
  return wide.names.length > 0 ? note(mayBlock(wide.names)) : ok('no policy is seen that applies to pods of a run')
}

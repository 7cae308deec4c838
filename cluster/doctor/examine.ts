import { sentence, UsageError } from '../../contract/errors.ts'
import type { Settings } from '../../contract/settings.ts'
import { accessOf } from '../kube/access.ts'
import { openApi } from '../kube/api.ts'
import { type ClusterPortrait, discover } from '../site/discover.ts'
import { currentCluster } from '../sources/current.ts'
import { bare, type Check, check, type Found, inTime, lacks, longer, ok } from './check.ts'
import { type Foreseen, foresee, type Outlook } from './foresee.ts'
import { type MissingRight, missingRights } from './missing-rights.ts'
import {
  chosenFrom,
  imageCheck,
  namespacesCheck,
  networkCheck,
  nodesCheck,
  podsCheck,
  policiesCheck,
  quotaCheck,
} from './site-checks.ts'

/** What a cluster can take of a run. The last three are absent if it cannot be reached. */
export interface Examination {
  /** The context or the file, for the head of the screen. */
  source: string
  checks: Check[]
  portrait?: ClusterPortrait
  /** The capabilities by name. */
  foreseen?: Record<string, Foreseen>
  /** The rights that are missing; undefined if the API did not say. */
  missing?: MissingRight[]
}

/** Examines the cluster of a kubeconfig. It creates nothing there. @throws UsageError if the kubeconfig or the namespace is wrong. */
export async function examine(settings: Settings): Promise<Examination> {
  const facts = await currentCluster(settings).facts
  const { source } = facts
  const { limits } = settings
  const namespace = settings.namespace?.split(',')[0]
  const patience = longer(limits)
  try {
    const api = await openApi(accessOf(settings), patience)
    const context = api.config.getCurrentContext()
    const started = performance.now()
    const found = await inTime(discover(api), patience)
    if (!found) return { source: context, checks: [late(api.server, patience)] }
    const reached = {
      name: 'API server',
      ...ok(`Kubernetes ${found.portrait.kubernetesVersion} at ${api.server}`),
      ms: Math.round(performance.now() - started),
    }
    const sampled = fitting(() => chosenFrom(found, settings)?.sampled)
    const look = (name: string, action: () => Promise<Found>) => check(name, action, limits.check)
    // It is not known whether core can be tested if such a question has no answer.
    const needed = async (name: string, action: () => Promise<Found>): Promise<Check> => {
      const seen = await look(name, action)
      return seen.state === 'unknown' ? { ...seen, stops: 'core' } : seen
    }
    const outlook: Outlook = { api, facts, settings, found, sampled }
    const minor = Number(/^\d+\.(\d+)/.exec(found.portrait.kubernetesVersion)?.[1] ?? 0)
    const asking = missingRights(api, namespace, minor)
    const [checks, missing, foreseen] = await Promise.all([
      Promise.all([
        look('nodes', async () => nodesCheck(found, settings)),
        look('network', async () => networkCheck(found)),
        needed('rights', async () => rightsCheck(await asking)),
        namespace === undefined
          ? needed('namespaces', () => namespacesCheck(outlook))
          : needed('namespace', () => podsCheck(outlook, namespace)),
        ...(namespace === undefined ? [] : [look('quotas', () => quotaCheck(outlook, namespace))]),
        look('probe image', async () => imageCheck(found, settings)),
        look('policies', () => policiesCheck(outlook)),
      ]),
      inTime(
        asking.catch(() => undefined),
        limits.check,
      ),
      foresee(outlook),
    ])
    return {
      source: context,
      checks: [reached, ...checks],
      portrait: found.portrait,
      foreseen,
      ...(missing && { missing }),
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    return { source, checks: [{ name: 'API server', ...lacks(bare(sentence(error)), NONE_NEEDED, 'run'), ms: 0 }] }
  }
}

const NONE_NEEDED = 'flatnet run --cluster reference needs no cluster of yours'

const late = (server: string, ms: number): Check => ({
  name: 'API server',
  ...lacks(`${server} did not answer within ${ms / 1000} s`, 'is the cluster up, and this the right context?', 'run'),
  ms,
})

/** The nodes that a run would sample; none if no node fits, which a check of its own says. */
function fitting<T>(choose: () => T[] | undefined): T[] | undefined {
  try {
    return choose()
  } catch (error) {
    if (error instanceof UsageError) throw error
    return []
  }
}

function rightsCheck(missing: readonly MissingRight[]) {
  if (missing.length === 0) return ok('all that a run uses')
  const stops = missing.some(({ loses }) => loses === 'run')
  return lacks(
    `${missing.length} that a run uses are missing; they are listed below`,
    undefined,
    stops ? 'run' : undefined,
  )
}

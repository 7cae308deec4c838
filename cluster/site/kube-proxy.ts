import { parseDocument } from 'yaml'
import { isRange } from '../../contract/cidr.ts'
import type { Limits } from '../../contract/settings.ts'
import { seconds } from '../../contract/waiting.ts'
import type { KubeApi } from '../kube/api.ts'

/** What the configuration of kube-proxy says, as far as these credentials may read it. */
export interface KubeProxy {
  /** `iptables`, `nftables`, …, or `unknown` if there is no kube-proxy to be seen. */
  mode: string
  /** The least milliseconds between two changes of a node's rules, if the configuration sets them. */
  minSyncMs?: number
  /** Whether it gives its node's address to every conversation with a virtual IP. */
  masqueradesAll?: true
  /** The ranges of the node addresses at which it serves node ports; absent if it serves them at the primary ones. */
  nodePortAddresses?: string[]
}

/** The ConfigMaps that hold the configuration: kubeadm's, and that of a cloud. */
const PLACES = [
  { name: 'kube-proxy', key: 'config.conf' },
  { name: 'kube-proxy-config', key: 'config' },
] as const

/**
 * Reads the configuration of kube-proxy, or else the flags of its DaemonSet. What cannot be read is unknown, so it never fails. Clusters
 * whose plug-in leads pods to Services itself may keep the configuration: their kube-proxy runs on no node, or its DaemonSet is gone.
 */
export async function kubeProxyOf(api: KubeApi): Promise<KubeProxy> {
  const sets = await api.apps.listNamespacedDaemonSet({ namespace: 'kube-system' }).then(
    ({ items }) => items,
    () => [],
  )
  const set = sets.find(({ metadata }) => metadata?.name === 'kube-proxy')
  const isGone = set ? set.status?.desiredNumberScheduled === 0 : sets.length > 0
  if (isGone) return { mode: 'unknown' }
  for (const { name, key } of PLACES) {
    const map = await api.core.readNamespacedConfigMap({ namespace: 'kube-system', name }).catch(() => undefined)
    const text = map?.data?.[key]
    if (text !== undefined) return configured(text)
  }
  const containers = set?.spec?.template.spec?.containers ?? []
  const words = containers.flatMap(({ command = [], args = [] }) => [...command, ...args])
  return words.length > 0 ? flagged(words.flatMap((word) => word.split(/\s+/))) : { mode: 'unknown' }
}

interface OfAMode {
  minSyncPeriod?: unknown
  masqueradeAll?: unknown
}

/** The configuration in a KubeProxyConfiguration. */
function configured(text: string): KubeProxy {
  const config = (parseDocument(text).toJS() ?? {}) as Partial<Record<string, OfAMode>> & {
    mode?: string
    nodePortAddresses?: unknown
  }
  if (typeof config !== 'object') return { mode: 'unknown' }
  const mode = config.mode || 'iptables'
  // IPVS takes the masquerade from the settings of iptables.
  const masquerade = config[mode === 'ipvs' ? 'iptables' : mode]?.masqueradeAll
  const addresses = Array.isArray(config.nodePortAddresses) ? config.nodePortAddresses.map(String) : []
  return kubeProxy(mode, `${config[mode]?.minSyncPeriod ?? ''}`, masquerade === true, addresses)
}

/** The configuration in flags. */
function flagged(words: readonly string[]): KubeProxy {
  const flag = (name: string) => words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3)
  const mode = flag('proxy-mode') || 'iptables'
  const all = words.includes('--masquerade-all') || flag('masquerade-all') === 'true'
  const addresses = flag('nodeport-addresses')?.split(',') ?? []
  return kubeProxy(mode, flag(`${mode}-min-sync-period`) ?? '', all, addresses)
}

/** The word for the primary addresses of nodes in `nodePortAddresses`. */
const PRIMARY = 'primary'

function kubeProxy(mode: string, period: string, masqueradesAll: boolean, addresses: string[]): KubeProxy {
  const minSyncMs = durationMs(period)
  const nodePortAddresses = addresses.includes(PRIMARY) ? [] : addresses.filter(isRange)
  return {
    mode,
    ...(minSyncMs > 0 && { minSyncMs }),
    ...(masqueradesAll && { masqueradesAll }),
    ...(nodePortAddresses.length > 0 && { nodePortAddresses }),
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** A duration as Kubernetes writes it, such as `1m30s`; 0 if it is none. */
function durationMs(text: string): number {
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)]
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0)
}

/**
 * The limits of a run on this cluster. Where kube-proxy changes its rules rarely, a change may take that much longer, and is in time.
 * A period of a second, which is usual, changes nothing.
 */
export function limitsWith<L extends Pick<Limits, 'propagate'>>(limits: L, { minSyncMs = 0 }: KubeProxy): L {
  return minSyncMs > USUAL_MS ? { ...limits, propagate: limits.propagate + minSyncMs } : limits
}

const USUAL_MS = 1_000

/** A sentence about a kube-proxy that changes its rules rarely; undefined about any other. */
export function tellRare({ minSyncMs = 0 }: KubeProxy, limits: Pick<Limits, 'propagate'>): string | undefined {
  if (minSyncMs <= USUAL_MS) return undefined
  return `kube-proxy changes the rules of a node at most once in ${seconds(minSyncMs)} (minSyncPeriod), so limits.propagate is ${seconds(limits.propagate)} in this run`
}

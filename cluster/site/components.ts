import type { V1Container, V1DaemonSet } from '@kubernetes/client-node'
import type { KubeApi } from '../kube/api.ts'
import { DNS_PODS } from './dns.ts'

/** A program of the cluster's network, as far as these credentials may read it. */
export interface Component {
  /** The image of its container, as its pods name it. */
  image: string
  /** The tag of that image. Absent if it has none. */
  version?: string
}

/** The network plug-in, and the programs of its network: those that were found. */
export interface Components {
  cni: string
  /** Whether the plug-in is known to give pods addresses from the podCIDRs of their nodes, and no other plug-in is there. */
  usesPodCIDRs: boolean
  images: { cni?: Component; proxy?: Component; dns?: Component }
}

const CNIS = [
  'kindnet',
  'flannel',
  'calico',
  'cilium',
  'antrea',
  'aws-node',
  'kube-router',
  'ovnkube',
  'weave',
  'canal',
]

/** The settings by which a plug-in takes addresses of pods from podCIDRs, by the words of its containers. */
const FROM_POD_CIDRS: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  kindnet: () => true,
  // Without this it has its own store of ranges.
  flannel: (words) => words.some((word) => /^--?kube-subnet-mgr(=true)?$/.test(word)),
  // Many clusters use it for policies or Services alone.
  'kube-router': (words) => !words.includes('--run-router=false'),
}

/** Recognises network plug-in and service proxy by the names of their DaemonSets. What cannot be read is unknown, so it never fails. */
export async function componentsOf(api: KubeApi): Promise<Components> {
  const [sets, dns] = await Promise.all([
    api.apps.listDaemonSetForAllNamespaces({ limit: 200 }).then(
      ({ items }) => items,
      () => [],
    ),
    api.core.listNamespacedPod({ namespace: 'kube-system', labelSelector: DNS_PODS, limit: 1 }).then(
      ({ items }) => items[0]?.spec?.containers,
      () => undefined,
    ),
  ])
  const named = (cni: string) => sets.find(({ metadata }) => metadata?.name?.includes(cni))
  const plugins = CNIS.filter((each) => named(each) !== undefined)
  const [cni] = plugins
  const found = {
    cni: cni === undefined ? undefined : componentOf(containersOf(named(cni))),
    proxy: componentOf(containersOf(sets.find(({ metadata }) => metadata?.name === 'kube-proxy'))),
    dns: componentOf(dns),
  }
  const images = Object.fromEntries(Object.entries(found).filter(([, component]) => component !== undefined))
  const words = (containersOf(named(cni ?? '')) ?? []).flatMap(({ command = [], args = [] }) => [...command, ...args])
  const usesPodCIDRs = plugins.length === 1 && (FROM_POD_CIDRS[cni ?? '']?.(words) ?? false)
  return { cni: cni ?? 'unknown', usesPodCIDRs, images }
}

const containersOf = (set: V1DaemonSet | undefined): V1Container[] | undefined => set?.spec?.template.spec?.containers

function componentOf(containers: V1Container[] | undefined): Component | undefined {
  const [image] = (containers ?? []).flatMap((each) => each.image ?? [])
  if (image === undefined) return undefined
  const version = /:([^:/@]+)(@|$)/.exec(image)?.[1]
  return { image, ...(version !== undefined && { version }) }
}

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
  const cni = CNIS.find((each) => named(each) !== undefined)
  const found = {
    cni: cni === undefined ? undefined : componentOf(containersOf(named(cni))),
    proxy: componentOf(containersOf(sets.find(({ metadata }) => metadata?.name === 'kube-proxy'))),
    dns: componentOf(dns),
  }
  const images = Object.fromEntries(Object.entries(found).filter(([, component]) => component !== undefined))
  return { cni: cni ?? 'unknown', images }
}

const containersOf = (set: V1DaemonSet | undefined): V1Container[] | undefined => set?.spec?.template.spec?.containers

function componentOf(containers: V1Container[] | undefined): Component | undefined {
  const [image] = (containers ?? []).flatMap((each) => each.image ?? [])
  if (image === undefined) return undefined
  const version = /:([^:/@]+)(@|$)/.exec(image)?.[1]
  return { image, ...(version !== undefined && { version }) }
}

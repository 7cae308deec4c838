import { Trouble } from '../../contract/errors.ts'
import { runLabels, runSelector } from '../../contract/labels.ts'
import type { Limits } from '../../contract/settings.ts'
import type { IngressRef } from '../../contract/topology.ts'
import { limitOf } from '../../contract/waiting.ts'
import { complaint } from '../commands.ts'
import { loadImage } from '../images.ts'
import type { KubeApi } from '../kube/api.ts'
import { untilSeen } from '../kube/watch.ts'
import { isReady, podCollection, podsRunning } from '../pods/ready.ts'
import { CLUSTER_WIDE, CONTROLLER, controllerPod, NAMESPACED, nameOf, type Site, serviceSpec } from './traefik.ts'

/** A controller that is being installed. */
export interface Installing {
  ingress: IngressRef
  /** Settles when it serves. @throws Trouble if it cannot start. */
  serves: Promise<void>
}

/** The inputs of an installation. */
export interface Installation extends Site {
  api: KubeApi
  /** The words that precede an image, to load it into a node. */
  load: readonly string[]
  limits: Limits
  signal: AbortSignal
}

/** Creates the objects of a controller, and starts it without waiting for it. */
export async function install(site: Installation): Promise<Installing> {
  const { api, run, namespace } = site
  const name = nameOf(run)
  const metadata = { name, labels: runLabels(run) }
  const subjects = [{ kind: 'ServiceAccount', name, namespace }]
  const refer = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name })
  const [service] = await Promise.all([
    api.core.createNamespacedService({ namespace, body: { metadata, spec: serviceSpec(run) } }),
    api.core.createNamespacedServiceAccount({ namespace, body: { metadata } }),
    api.rbac.createNamespacedRole({ namespace, body: { metadata, rules: NAMESPACED } }),
    api.rbac.createNamespacedRoleBinding({ namespace, body: { metadata, subjects, roleRef: refer('Role') } }),
    api.rbac.createClusterRole({ body: { metadata, rules: CLUSTER_WIDE } }),
    api.rbac.createClusterRoleBinding({ body: { metadata, subjects, roleRef: refer('ClusterRole') } }),
    api.networking.createIngressClass({ body: { metadata, spec: { controller: CONTROLLER } } }),
  ])
  const portOf = (port: string) => service.spec?.ports?.find((each) => each.name === port)?.nodePort ?? 0
  const serves = start(site)
  // A scenario that needs the controller waits for it and reports the failure.
  serves.catch(() => undefined)
  const ports = { http: portOf('http'), https: portOf('https') }
  return { ingress: { className: name, ports, installed: 'traefik' }, serves }
}

async function start(site: Installation): Promise<void> {
  const { api, run, namespace, limits, node, load, signal, image } = site
  await loadImage(image, [node], load, signal).catch((error: unknown) => {
    throw new Trouble(`${image} could not be loaded into ${node}: ${complaint(error)}`)
  })
  await api.core.createNamespacedPod({ namespace, body: controllerPod(site) })
  const name = nameOf(run)
  await podsRunning(api, namespace, runSelector(run), [name], limits)
  await untilSeen(api, podCollection(api, namespace, runSelector(run)), {
    late: `the Ingress controller ${namespace}/${name} was not ready`,
    limit: limitOf(limits, 'pod'),
    done: (pods) => pods.some((pod) => pod.metadata?.name === name && isReady(pod)) || undefined,
  })
}

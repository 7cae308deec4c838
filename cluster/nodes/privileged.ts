import { join } from 'node:path'
import { packageRoot } from '../../contract/files.ts'
import { runLabels, runSelector } from '../../contract/labels.ts'
import type { Topology } from '../../contract/topology.ts'
import type { KubeApi } from '../kube/api.ts'
import { podsRunning } from '../pods/ready.ts'

/** How long the pod lives if nobody deletes it, in seconds. */
const LIFE_S = 600

/**
 * Starts a privileged pod on each of these nodes, for clusters on whose nodes flatnet cannot run commands. The user has asked for it
 * (`--node-evidence`). The pods go with the run's namespace for the host's network.
 * @returns by node name: the words that precede a command to run it in the node's root namespaces.
 * @throws Trouble if a pod cannot run; an API error if it may not be created.
 */
export async function shellsThroughPods(
  api: KubeApi,
  topology: Topology,
  nodes: readonly string[],
): Promise<Record<string, readonly string[]>> {
  const { run, settings, cluster } = topology
  const namespace = topology.namespaces.host
  if (namespace === undefined || nodes.length === 0) return {}
  const pods = nodes.map((node, i) => ({ node, name: `look-${i + 1}` }))
  await Promise.all(
    pods.map(({ node, name }) =>
      api.core.createNamespacedPod({ namespace, body: podOn(node, name, run, settings.probeImage) }),
    ),
  )
  const names = pods.map(({ name }) => name)
  await podsRunning(api, namespace, runSelector(run), names, settings.limits)
  const access = [
    ...(cluster.kubeconfig === undefined ? [] : ['--kubeconfig', cluster.kubeconfig]),
    ...(cluster.context === undefined ? [] : ['--context', cluster.context]),
  ]
  const program = [process.execPath, join(packageRoot(), 'bin', 'flatnet.mjs'), 'on-node', ...access]
  return Object.fromEntries(pods.map(({ node, name }) => [node, [...program, namespace, name, '--']]))
}

const podOn = (node: string, name: string, run: string, image: string) => ({
  metadata: { name, labels: runLabels(run) },
  spec: {
    nodeName: node,
    hostPID: true,
    hostNetwork: true,
    restartPolicy: 'Never',
    activeDeadlineSeconds: LIFE_S,
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    tolerations: [{ operator: 'Exists' }],
    containers: [
      {
        name: 'look',
        image,
        command: ['sleep', String(LIFE_S)],
        securityContext: { privileged: true, runAsUser: 0 },
        resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { memory: '64Mi' } },
      },
    ],
  },
})

import { readFileSync } from 'node:fs'
import os from 'node:os'
import type { KubeObject, Store } from './contract.ts'
import type { NodeNetwork } from './network/nodes.ts'
import { zoneLabel } from './services/service-objects.ts'
import { timestamp } from './timestamp.ts'

/** Creates the Node objects, as the nodes' kubelets would. */
export function registerNodes(store: Store, nodes: readonly NodeNetwork[], version: string): void {
  for (const node of nodes) store.create(nodeObject(node, version))
}

function nodeObject({ name, number, addresses }: NodeNetwork, version: string): KubeObject {
  const architecture = { x64: 'amd64' }[process.arch as string] ?? process.arch
  const podCIDRs = addresses.map(({ podRange }) => podRange)
  const now = timestamp()
  const resources = {
    cpu: String(os.availableParallelism()),
    memory: `${Math.floor(os.totalmem() / 1024)}Ki`,
    pods: '110',
    'ephemeral-storage': '0',
  }
  const condition = (type: string, status: string, reason: string, message: string) => {
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now }
  }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': architecture,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        // Two zones, so that a near backend may be on another node.
        [zoneLabel]: `zone-${1 + ((number - 1) % 2)}`,
      },
    },
    spec: { podCIDR: podCIDRs[0], podCIDRs, providerID: `flatnet://reference/${name}` },
    status: {
      addresses: [
        ...addresses.map(({ node }) => ({ type: 'InternalIP', address: node })),
        { type: 'Hostname', address: name },
      ],
      capacity: resources,
      allocatable: resources,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      nodeInfo: {
        architecture,
        operatingSystem: 'linux',
        osImage: osImage(),
        kernelVersion: os.release(),
        kubeletVersion: version,
        kubeProxyVersion: '',
        containerRuntimeVersion: 'flatnet://reference',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  }
}

function osImage(): string {
  try {
    return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
  } catch {
    return 'Linux'
  }
}

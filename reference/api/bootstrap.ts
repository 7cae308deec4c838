import type { Admission } from './admission.ts'
import { kindNamed } from './kinds.ts'
import { createObject } from './write.ts'

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

/** What every new cluster has. */
export function furnishCluster(api: Admission): void {
  const query = new URLSearchParams()
  for (const name of namespaces)
    createObject(
      api,
      { kind: kindNamed('Namespace'), query },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    )
}

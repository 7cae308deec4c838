import type { Store } from '../contract.ts'
import type { Pod } from './pod.ts'

/** The value of a field path of the downward API; undefined when the pod has no such field. */
export function field(pod: Pod, path: string): string | undefined {
  const { metadata, spec, status } = pod
  const entry = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (entry) return metadata[entry[1] as 'labels' | 'annotations']?.[entry[2] ?? ''] ?? ''
  switch (path) {
    case 'metadata.labels':
      return listed(metadata.labels)
    case 'metadata.annotations':
      return listed(metadata.annotations)
    case 'metadata.name':
    case 'metadata.namespace':
    case 'metadata.uid':
      return metadata[path.slice('metadata.'.length) as 'name' | 'namespace' | 'uid']
    case 'spec.nodeName':
      return spec.nodeName
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? 'default'
    case 'status.hostIP':
      return status?.hostIP
    case 'status.podIP':
      return status?.podIP
    case 'status.hostIPs':
      return status?.hostIPs?.map(({ ip }) => ip).join(',')
    case 'status.podIPs':
      return status?.podIPs?.map(({ ip }) => ip).join(',')
  }
  return undefined
}

/**
 * The data of a ConfigMap or Secret, by key; undefined when it does not exist and is optional.
 * @throws Error when it does not exist and is not optional.
 */
export function keyed(
  store: Store,
  kind: 'ConfigMap' | 'Secret',
  namespace: string | undefined,
  { name = '', optional }: { name?: string; optional?: boolean },
): Record<string, Buffer> | undefined {
  const object = store.get(kind, namespace, name)
  if (!object && optional) return undefined
  if (!object) throw new Error(`${kind.toLowerCase()} "${name}" not found`)
  const decode = (values: unknown, encoding: BufferEncoding) =>
    Object.entries((values ?? {}) as Record<string, string>).map(([key, value]) => [key, Buffer.from(value, encoding)])
  return Object.fromEntries(
    kind === 'Secret'
      ? decode(object.data, 'base64')
      : [...decode(object.data, 'utf8'), ...decode(object.binaryData, 'base64')],
  )
}

function listed(entries: Record<string, string> = {}): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort()
    .join('\n')
}

import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type {
  V1ConfigMapVolumeSource,
  V1SecretProjection,
  V1SecretVolumeSource,
  V1Volume,
} from '@kubernetes/client-node'
import type { Store } from '../contract.ts'
import type { Pod, Volume } from './pod.ts'
import { field, keyed } from './value-sources.ts'

type Source = Pick<V1Volume, 'configMap' | 'downwardAPI'> & { secret?: V1SecretVolumeSource | V1SecretProjection }
type Files = Record<string, Buffer>

/**
 * The files of a volume that come from objects of the API; undefined for other volumes.
 * @throws Error when the volume refers to an object or a key that does not exist.
 */
export function volumeFiles(store: Store, pod: Pod, volume: Volume): Files | undefined {
  const sources = volume.projected ? (volume.projected.sources ?? []) : [volume]
  if (!volume.projected && !volume.configMap && !volume.secret && !volume.downwardAPI) return undefined
  return Object.assign({}, ...sources.map((source) => filesOf(store, pod, source)))
}

/**
 * Writes files as a kubelet does: a reader sees all of the old files or all of the new ones. The names are links
 * through `..data`, and one rename makes that a link to the new directory.
 */
export async function writeFiles(directory: string, files: Files): Promise<void> {
  const version = `..${Date.now()}.${Math.random().toString(36).slice(2)}`
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, version, name)), { recursive: true })
    await writeFile(path.join(directory, version, name), content, { mode: 0o644 })
  }
  await mkdir(path.join(directory, version), { recursive: true })
  await symlink(version, path.join(directory, '..data_tmp'))
  await rename(path.join(directory, '..data_tmp'), path.join(directory, '..data'))
  for (const entry of new Set(Object.keys(files).map((name) => name.split('/')[0] ?? name))) {
    await rm(path.join(directory, entry), { force: true })
    await symlink(path.join('..data', entry), path.join(directory, entry))
  }
}

function filesOf(store: Store, pod: Pod, { configMap, secret, downwardAPI }: Source): Files {
  const { namespace } = pod.metadata
  if (configMap) return chosen(keyed(store, 'ConfigMap', namespace, configMap), configMap)
  if (secret) {
    // A volume has the name of its Secret in `secretName`, a source of a projected volume in `name`.
    const name = ('secretName' in secret ? secret.secretName : 'name' in secret ? secret.name : undefined) ?? ''
    return chosen(keyed(store, 'Secret', namespace, { ...secret, name }), secret)
  }
  const items = downwardAPI?.items ?? []
  return Object.fromEntries(
    items.map(({ path: name, fieldRef }) => [name, Buffer.from(field(pod, fieldRef?.fieldPath ?? '') ?? '')]),
  )
}

function chosen(all: Files = {}, { items, optional }: Pick<V1ConfigMapVolumeSource, 'items' | 'optional'>): Files {
  if (!items) return all
  return Object.fromEntries(
    items.flatMap(({ key, path: name }) => {
      const content = all[key]
      if (!content && !optional) throw new Error(`references non-existent config key: ${key}`)
      return content ? [[name, content]] : []
    }),
  )
}

import type { KubeObject } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { deleteObject } from './delete.ts'
import { kinds } from './kinds.ts'
import type { ApiStore } from './store.ts'

/** Deletes objects when the last of their owners is gone. Gives the function that stops it. */
export function startGarbageCollector({ store }: Pick<Admission, 'store'>): () => void {
  const stops = kinds.map(({ kind }) =>
    store.watch(kind, ({ type, object }) => {
      if (type === 'DELETED') collect(store, object)
    }),
  )
  return () => {
    for (const stop of stops) stop()
  }
}

function collect(store: ApiStore, { metadata: { uid } }: KubeObject): void {
  const isAlive = (owner: string) => store.all().some(({ metadata }) => metadata.uid === owner)
  for (const object of store.all()) {
    const owners = object.metadata.ownerReferences ?? []
    if (!owners.some((owner) => owner.uid === uid)) continue
    const alive = owners.filter((owner) => owner.uid !== uid && isAlive(owner.uid))
    if (alive.length === 0) deleteObject(store, object)
  }
}

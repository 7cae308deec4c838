import type { Store } from '../contract.ts'
import type { Pod } from './pod.ts'
import { volumeFiles, writeFiles } from './volumes.ts'

/** The volumes of a pod whose files come from ConfigMaps, Secrets or the pod's own fields. */
export class PodVolumes {
  readonly #store: Store
  readonly #directory: string
  /** The content that was written last, by the name of the volume. */
  readonly #written = new Map<string, string>()

  /** `directory` is that of the pod. */
  constructor(store: Store, directory: string) {
    this.#store = store
    this.#directory = `${directory}/volumes`
  }

  /**
   * Writes the files that have changed.
   * @throws Error when a volume refers to an object or a key that does not exist.
   */
  async fill(pod: Pod): Promise<void> {
    for (const volume of pod.spec.volumes ?? []) {
      try {
        const files = volumeFiles(this.#store, pod, volume)
        const content = JSON.stringify(files)
        if (!files || this.#written.get(volume.name) === content) continue
        this.#written.set(volume.name, content)
        await writeFiles(`${this.#directory}/${volume.name}`, files)
      } catch (error) {
        throw new Error(`MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`)
      }
    }
  }
}

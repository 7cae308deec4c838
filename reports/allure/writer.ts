import { mkdirSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AllureNode, restate } from './restate.ts'

/**
 * Writes Allure's files without waiting for the disk, and failed rows as "failed". Allure's own writer waits for the disk after
 * every file, in the thread that carries the probes' streams.
 */
export class Writer {
  readonly #folder: string
  readonly #writing: Promise<unknown>[] = []

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  #put(name: string, content: string | Uint8Array): void {
    this.#writing.push(writeFile(join(this.#folder, name), content))
  }

  writeAttachment = (name: string, content: Uint8Array) => this.#put(name, content)
  writeAttachmentFromPath = (name: string, from: string) => {
    this.#writing.push(copyFile(from, join(this.#folder, name)))
  }
  writeEnvironmentInfo = (info: Record<string, string>) =>
    this.#put(
      'environment.properties',
      Object.entries(info)
        .map(([key, value]) => `${key} = ${value}`)
        .join('\n'),
    )
  writeCategoriesDefinitions = (categories: unknown) => this.#put('categories.json', JSON.stringify(categories))
  writeGroup = (group: { uuid: string }) => this.#put(`${group.uuid}-container.json`, JSON.stringify(group))
  writeResult = (result: AllureNode & { uuid: string }) =>
    this.#put(`${result.uuid}-result.json`, JSON.stringify(restate(result)))
  writeGlobals = (name: string, globals: unknown) => this.#put(name, JSON.stringify(globals))

  async done(): Promise<void> {
    await Promise.all(this.#writing)
  }
}

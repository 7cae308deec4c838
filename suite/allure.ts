import { mkdirSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Formatter, IFormatterOptions } from '@cucumber/cucumber'
import allure from 'allure-cucumberjs/reporter'

/** Writes what Allure gives it without waiting: Allure's own writer makes the disk confirm every file, in the thread that carries the probes' streams. */
class Writer {
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
  writeResult = (result: { uuid: string }) => this.#put(`${result.uuid}-result.json`, JSON.stringify(result))
  writeGlobals = (name: string, globals: unknown) => this.#put(name, JSON.stringify(globals))

  async done(): Promise<void> {
    await Promise.all(this.#writing)
  }
}

type Reporter = Formatter & { allureRuntime: { writer: unknown } }
/** Its types say that the module is CommonJS, which it is not where it is imported. */
const AllureReporter = allure as unknown as new (options: IFormatterOptions) => Reporter

/** Allure's results of a run, written beside it and not in its way. */
// biome-ignore lint/style/noDefaultExport: that is where cucumber looks for a formatter
export default class QuietAllureReporter extends AllureReporter {
  readonly #writer: Writer

  constructor(options: IFormatterOptions) {
    super(options)
    const { resultsDir = 'allure-results' } = options.parsedArgvOptions as { resultsDir?: string }
    this.#writer = new Writer(resultsDir)
    this.allureRuntime.writer = this.#writer
  }

  override async finished(): Promise<void> {
    await super.finished()
    await this.#writer.done()
  }
}

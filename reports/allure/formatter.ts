import type { Formatter, IFormatterOptions } from '@cucumber/cucumber'
import allure from 'allure-cucumberjs/reporter'
import { withRules } from './rules.ts'
import { Writer } from './writer.ts'

/** The package's types describe a CommonJS module, but the import gives an ES module. */
const AllureReporter = allure as unknown as new (options: IFormatterOptions) => Formatter

/** Writes the Allure results of a run, with the Rule of each scenario and with failed rows as "failed". It does not block the run. */
// biome-ignore lint/style/noDefaultExport: that is where cucumber looks for a formatter
export default class QuietAllureReporter extends AllureReporter {
  readonly #writer: Writer

  constructor(options: IFormatterOptions) {
    const { parsedArgvOptions, eventBroadcaster } = options
    const { resultsDir = 'allure-results' } = parsedArgvOptions as { resultsDir?: string }
    const writer = new Writer(resultsDir)
    super({
      ...options,
      parsedArgvOptions: { ...parsedArgvOptions, writer } as typeof parsedArgvOptions,
      eventBroadcaster: withRules(eventBroadcaster),
    })
    this.#writer = writer
  }

  override async finished(): Promise<void> {
    await super.finished()
    await this.#writer.done()
  }
}

import type { ISupportCodeLibrary } from '@cucumber/cucumber/api'
import { placeOf, type Row } from '../contract/row.ts'
import type { Topology } from '../contract/topology.ts'
import { Model, type Result } from '../reports/model.ts'
import { runConcurrently } from './concurrent.ts'
import { configurationOf, environment, loadSteps } from './cucumber.ts'

/** Runs rows of the specification many times in this process, several rows at the same time. It loads the steps once. */
export class Rows {
  readonly #support: ISupportCodeLibrary

  private constructor(support: ISupportCodeLibrary) {
    this.#support = support
  }

  static async load(): Promise<Rows> {
    return new Rows(await loadSteps())
  }

  /** Runs rows. Gives their results in any order; a row without a result was lost by the suite. */
  async run(rows: readonly Row[], topology: Topology): Promise<Result[]> {
    const { runCucumber } = await import('@cucumber/cucumber/api')
    runConcurrently()
    const configuration = await configurationOf(topology, { paths: rows.map(placeOf) })
    const model = new Model()
    await runCucumber({ ...configuration, support: this.#support }, environment(), (envelope) => {
      model.take(envelope)
    })
    return model.results
  }
}

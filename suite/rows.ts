import { Writable } from 'node:stream'
import type { ISupportCodeLibrary } from '@cucumber/cucumber/api'
import { packageRoot } from '../contract/files.ts'
import type { Row } from '../contract/row.ts'
import type { Topology } from '../contract/topology.ts'
import { Model, type Result } from '../reports/model.ts'
import { runConcurrently } from './concurrent.ts'

const environment = () => ({
  cwd: packageRoot(),
  stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
  stderr: process.stderr,
})

/** Runs rows of the specification again and again in this process, several at a time; steps are loaded once. */
export class Rows {
  readonly #support: ISupportCodeLibrary

  private constructor(support: ISupportCodeLibrary) {
    this.#support = support
  }

  static async load(): Promise<Rows> {
    const { loadSupport } = await import('@cucumber/cucumber/api')
    const sources = { defaultDialect: 'en', paths: [], names: [], tagExpression: '', order: 'defined' as const }
    const support = { importPaths: ['dist/steps/**/*.js'] }
    return new Rows(await loadSupport({ sources: { ...sources, shard: '' }, support }, environment()))
  }

  /** The result of each row, in no order; a row without one was lost by the suite. */
  async run(rows: readonly Row[], topology: Topology): Promise<Result[]> {
    const { loadConfiguration, runCucumber } = await import('@cucumber/cucumber/api')
    runConcurrently()
    const provided = {
      paths: rows.map(({ uri, line }) => `${uri}:${line}`),
      parallel: 0,
      strict: true,
      publish: false,
      plugin: ['./dist/suite/order.js'],
      worldParameters: JSON.parse(JSON.stringify(topology)),
    }
    const { runConfiguration } = await loadConfiguration({ file: false, provided }, environment())
    const model = new Model()
    await runCucumber({ ...runConfiguration, support: this.#support }, environment(), (envelope) => {
      model.take(envelope)
    })
    return model.results
  }
}

import { Writable } from 'node:stream'
import type { IRunConfiguration, IRunEnvironment, ISupportCodeLibrary } from '@cucumber/cucumber/api'
import { packageRoot } from '../contract/files.ts'
import type { Topology } from '../contract/topology.ts'

/** Cucumber in this process. Where no formatter has stdout it puts its dots there; the screen is ours. */
export const environment = (): IRunEnvironment => ({
  cwd: packageRoot(),
  stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
  stderr: process.stderr,
})

/** The step definitions. */
export const STEPS = ['dist/steps/**/*.js']

/** Loads the step definitions, their parameter types and hooks, without running anything. */
export async function loadSteps(): Promise<ISupportCodeLibrary> {
  const { loadSupport } = await import('@cucumber/cucumber/api')
  const sources = {
    defaultDialect: 'en',
    paths: [],
    names: [],
    tagExpression: '',
    order: 'defined' as const,
    shard: '',
  }
  return loadSupport({ sources, support: { importPaths: STEPS } }, environment())
}

/** How scenarios are run on a topology, whatever else is `provided`. */
export async function configurationOf(topology: Topology, provided: object): Promise<IRunConfiguration> {
  const { loadConfiguration } = await import('@cucumber/cucumber/api')
  const common = { parallel: 0, strict: true, publish: false, plugin: ['./dist/suite/order.js'] }
  const worldParameters = JSON.parse(JSON.stringify(topology))
  const { runConfiguration } = await loadConfiguration(
    { file: false, provided: { ...common, ...provided, worldParameters } },
    environment(),
  )
  return runConfiguration
}

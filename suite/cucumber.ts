import { Writable } from 'node:stream'
import type { IRunConfiguration, IRunEnvironment, ISupportCodeLibrary } from '@cucumber/cucumber/api'
import { packageRoot } from '../contract/files.ts'
import type { Topology } from '../contract/topology.ts'

/** The environment of cucumber in this process. Its stdout is discarded, because cucumber would print dots to it. */
export const environment = (): IRunEnvironment => ({
  cwd: packageRoot(),
  stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
  stderr: process.stderr,
})

/** The paths of the step definitions. */
export const STEPS = ['dist/steps/**/*.js']

/** Loads the step definitions, their parameter types and hooks. It runs nothing. */
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

/** The configuration of cucumber for scenarios on a topology; `provided` adds to it. */
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

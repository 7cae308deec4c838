import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { type Contents, keepConfigMap, ownNamespace } from '../../cluster/kube/keep-config-map.ts'
import { sentence } from '../../contract/errors.ts'
import { type Destination, destinations } from '../../contract/publish.ts'

/** The files of a run that are published, and its exit code. */
export interface Published {
  /** The folder of the run, with all reports and messages. */
  folder: string
  exitCode: number
  /** The API of the tested cluster; undefined if it could not be reached. */
  api: KubeApi | undefined
}

/** The API server takes no ConfigMap of more than a mebibyte; names and the like need a little of it. */
const MOST_BYTES = 1_048_576 - 16_384

/** All that a run ever writes into a ConfigMap. */
const KEYS = ['state', 'exit-code', 'left-out', 'summary.md', 'report.yaml', 'messages.ndjson.gz']

const SONOBUOY = '/tmp/sonobuoy/results'

/** The places that `--publish` names. The settings have checked them. */
const placesIn = (where: string | undefined): Destination[] => (where === undefined ? [] : (destinations(where) ?? []))

/**
 * Empties the ConfigMap of `--publish` before the run, so that it never holds the result of an earlier one.
 * @throws Trouble if it may not be written, UsageError if it is somebody else's.
 */
export async function announce(where: string | undefined, api: KubeApi): Promise<void> {
  for (const destination of placesIn(where))
    if (destination.to === 'configmap')
      await keepConfigMap(api, ownNamespace(api), destination.name, { data: { state: 'running' } }, KEYS)
}

/** Puts the result of a run where `--publish` says. Gives a sentence for each place where it could not be put. */
export async function publish(where: string | undefined, run: Published): Promise<string[]> {
  const problems: string[] = []
  for (const destination of placesIn(where)) {
    try {
      if (destination.to === 'log') toLog(run)
      if (destination.to === 'sonobuoy') toSonobuoy(run, process.env.SONOBUOY_RESULTS_DIR ?? SONOBUOY)
      if (destination.to === 'configmap') await toConfigMap(run, destination.name)
    } catch (error) {
      problems.push(`could not publish the report (${destination.to}): ${sentence(error)}`)
    }
  }
  return problems
}

const read = ({ folder }: Published, name: string) => readFileSync(join(folder, name), 'utf8')

function toLog(run: Published): void {
  process.stdout.write(
    `-----BEGIN FLATNET REPORT-----\n${read(run, 'report.yaml')}-----END FLATNET REPORT (exit code ${run.exitCode})-----\n`,
  )
}

/** The file `done` names the file with the results, and tells Sonobuoy that nothing more comes. */
export function toSonobuoy({ folder }: Published, results: string): void {
  mkdirSync(results, { recursive: true })
  copyFileSync(join(folder, 'junit.xml'), join(results, 'junit.xml'))
  writeFileSync(join(results, 'done'), join(results, 'junit.xml'))
}

async function toConfigMap(run: Published, name: string): Promise<void> {
  if (!run.api) throw new Error('the cluster could not be reached')
  await keepConfigMap(run.api, ownNamespace(run.api), name, contentsOf(run, MOST_BYTES), KEYS)
}

/** What a ConfigMap holds of a run: the small parts first, and the large ones as far as they fit. `left-out` names the others. */
export function contentsOf(run: Published, most: number): Contents {
  const parts = [
    ...[
      { name: 'summary.md', bytes: Buffer.from(read(run, 'summary.md')) },
      { name: 'report.yaml', bytes: Buffer.from(read(run, 'report.yaml')) },
    ],
    { name: 'messages.ndjson.gz', bytes: gzipSync(read(run, 'messages.ndjson'), { level: 9 }) },
  ]
  const contents = { data: { 'exit-code': `${run.exitCode}` } as Record<string, string>, binaryData: {} }
  let left = most
  const out: string[] = []
  for (const { name, bytes } of parts) {
    if (bytes.length > left) {
      out.push(name)
      continue
    }
    left -= bytes.length
    if (name.endsWith('.gz')) contents.binaryData = { [name]: bytes.toString('base64') }
    else contents.data[name] = bytes.toString()
  }
  if (out.length > 0) contents.data['left-out'] = `${out.join(', ')}: too large for a ConfigMap`
  return contents
}

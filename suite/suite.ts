import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { UsageError } from '../contract/errors.ts'
import { MEDIA, type NodeEvidence, type RunEnd, type RunFacts } from '../contract/media.ts'
import { placeOf } from '../contract/row.ts'
import type { Topology } from '../contract/topology.ts'
import { Model, type Result } from '../reports/model.ts'
import { runConcurrently } from './concurrent.ts'
import { configurationOf, environment, STEPS } from './cucumber.ts'
import type { Selection } from './features.ts'

/** The messages of one run: written to a file, and read as they arrive. */
export class Messages {
  readonly model = new Model()
  readonly #file
  readonly #onResult: (result: Result) => void

  constructor(folder: string, onResult: (result: Result) => void) {
    this.#file = createWriteStream(join(folder, 'messages.ndjson'))
    this.#onResult = onResult
  }

  take(envelope: Envelope): void {
    this.#file.write(`${JSON.stringify(envelope)}\n`)
    const result = this.model.take(envelope)
    if (result) this.#onResult(result)
  }

  /** Adds facts that only the run knows to the messages, so that the messages alone are enough for every report. */
  put(media: 'facts', body: RunFacts): void
  put(media: 'end', body: RunEnd): void
  put(media: 'nodes', body: NodeEvidence[]): void
  put(media: 'facts' | 'end' | 'nodes', body: RunFacts | RunEnd | NodeEvidence[]): void {
    const contentEncoding = 'IDENTITY' as never
    this.take({ attachment: { mediaType: MEDIA[media], contentEncoding, body: JSON.stringify(body) } } as Envelope)
  }

  async close(): Promise<void> {
    this.#file.end()
    await once(this.#file, 'finish')
  }
}

/** Runs the selected scenarios on a provisioned cluster. All messages go to `messages`. */
export async function runSuite(
  selection: Selection,
  topology: Topology,
  folder: string,
  messages: Messages,
): Promise<void> {
  const { runCucumber } = await import('@cucumber/cucumber/api')
  runConcurrently()
  const { name } = topology.settings
  const configuration = await configurationOf(topology, {
    paths: selection.paths,
    import: STEPS,
    tags: selection.tags,
    ...(name !== undefined && { name: [name] }),
    retry: 0,
    format: [['html', join(folder, 'cucumber.html')]],
  })
  await runCucumber(configuration, environment(), (envelope) => messages.take(envelope))
}

/** The rows of a selection, as `uri:line`. It runs nothing. */
export async function planOf(selection: Selection, name: string | undefined): Promise<Set<string>> {
  const { loadConfiguration, loadSources } = await import('@cucumber/cucumber/api')
  const { runConfiguration } = await loadConfiguration(
    {
      file: false,
      provided: { paths: selection.paths, tags: selection.tags, ...(name !== undefined && { name: [name] }) },
    },
    environment(),
  )
  const { plan } = await loadSources(runConfiguration.sources, environment()).catch((error: unknown) => {
    const { message = '' } = ((error as Error).cause ?? {}) as { message?: string }
    if (!message.startsWith('Tag expression')) throw error
    throw new UsageError(`--tags is not an expression over tags: ${selection.tags}`)
  })
  return new Set(plan.map(({ uri, location: { line } }) => placeOf({ uri, line })))
}

import { once } from 'node:events'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { Envelope } from '@cucumber/messages'
import { z } from 'zod'
import { sentence, UsageError } from '../contract/errors.ts'
import { Model } from './model.ts'

/**
 * Reads the messages of a run again.
 * @throws UsageError with what is wrong with the folder or the file.
 */
export async function readRun(folder: string): Promise<Model> {
  const file = fileOf(folder)
  const model = new Model()
  let number = 0
  /** A line that cannot be read. It is only wrong if it is not the last one: then the file ends too early. */
  let wrong: string | undefined
  for await (const line of linesOf(folder)) {
    if (wrong !== undefined) throw new UsageError(wrong)
    number += 1
    wrong = line.trim() === '' ? undefined : taken(model, line, `${file}, line ${number}`)
  }
  if (!model.facts && number > 0 && wrong === undefined)
    throw new UsageError(`${file} is not of a flatnet run: it has no facts about a run.`)
  if (wrong !== undefined || !model.end)
    throw new UsageError(
      `${file} ends too early, ${number === 0 ? 'it is empty' : `at line ${number}`}; the run was killed, or the file was not copied whole.`,
    )
  return model
}

/** The file with the messages of a run: as the run wrote it, or compressed, as a ConfigMap holds it. @throws UsageError if there is none. */
function fileOf(folder: string): string {
  if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder}.`)
  const file = ['messages.ndjson', 'messages.ndjson.gz']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path) && statSync(path).isFile())
  if (file === undefined)
    throw new UsageError(`${folder} has no messages.ndjson; expected the --output folder of a flatnet run.`)
  return file
}

/** The lines of the messages of a run. @throws UsageError if it has none, or if they cannot be unpacked. */
export async function* linesOf(folder: string): AsyncGenerator<string> {
  const file = fileOf(folder)
  const bytes = createReadStream(file)
  const input = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  const broken = once(input, 'error').then(([error]) => error as Error)
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  void broken.then(() => lines.close())
  yield* lines
  if (input.errored) throw new UsageError(`${file} cannot be unpacked: ${input.errored.message}.`)
}

/** Gives the model one message. Gives a sentence if it is none. */
function taken(model: Model, line: string, at: string): string | undefined {
  try {
    const envelope: unknown = JSON.parse(line)
    if (typeof envelope !== 'object' || envelope === null) return `${at}: expected a JSON object.`
    model.take(envelope as Envelope)
    return undefined
  } catch (error) {
    if (error instanceof SyntaxError) return `${at} is not JSON.`
    if (!(error instanceof z.ZodError)) return `${at}: ${sentence(error)}.`
    const [issue] = error.issues
    return `${at} is not of this version of flatnet: ${issue?.path.join('.')}: ${issue?.message}.`
  }
}

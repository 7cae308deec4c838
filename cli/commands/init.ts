import { writeFileSync } from 'node:fs'
import { UsageError } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import { configurationText } from '../init/file.ts'
import { configurationSchema } from '../init/schema.ts'

/** `flatnet init FILE`: writes a settings file that changes nothing yet, and prints its path. With `schema`: prints its JSON Schema. */
export function init(file = 'flatnet.yaml', { force, schema }: { force?: boolean; schema?: boolean }): number {
  if (schema) {
    process.stdout.write(`${JSON.stringify(configurationSchema(), null, 2)}\n`)
    return EXIT.ok
  }
  try {
    writeFileSync(file, configurationText(), { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new UsageError(`${file} exists; name another file, or replace it with --force.`)
    throw new UsageError(`cannot write ${file}: ${code}.`)
  }
  process.stdout.write(`${file}\n`)
  return EXIT.ok
}

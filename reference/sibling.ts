import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A program beside the module of that URL, for a Node process of its own: TypeScript from source, JavaScript from dist. */
export function siblingProgram(moduleUrl: string, name: string): string {
  const file = fileURLToPath(moduleUrl)
  return path.join(path.dirname(file), `${name}${path.extname(file)}`)
}

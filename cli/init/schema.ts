import { z } from 'zod'
import { Settings } from '../../contract/settings.ts'

/** A setting, or a group of them, in the JSON Schema of the settings. */
export interface Property {
  type?: string
  enum?: string[]
  default?: unknown
  description?: string
  properties?: Record<string, Property>
  /** The word for the value of its flag. */
  takes?: string
  short?: string
}

/** The flag of a setting, without its dashes. */
export const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Words as a choice: `a, b or c`. */
export const either = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

/** The settings by name. */
export const properties = (): Record<string, Property> =>
  (z.toJSONSchema(Settings, { io: 'input' }) as { properties: Record<string, Property> }).properties

/** The JSON Schema of flatnet.yaml, for editors. */
export function configurationSchema(): unknown {
  const { $schema, ...schema } = z.toJSONSchema(Settings, { io: 'input' })
  const head = { apiVersion: { const: 'flatnet/v1' }, kind: { const: 'Configuration' } }
  const about = { $schema, title: 'flatnet.yaml', description: 'the settings of flatnet' }
  return {
    ...about,
    ...schema,
    properties: { ...head, ...published(schema.properties as Record<string, Property>) },
    required: Object.keys(head),
  }
}

/** Without the words that only flags need. */
const published = (all: Record<string, Property>): Record<string, Property> =>
  Object.fromEntries(Object.entries(all).map(([name, { takes: _, short: __, ...rest }]) => [name, rest]))

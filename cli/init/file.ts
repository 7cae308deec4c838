import { stringify } from 'yaml'
import { ownVersion } from '../../contract/files.ts'
import { wrap } from '../terminal.ts'
import { either, type Property, properties } from './schema.ts'

const WIDTH = 98

const HEAD =
  'Every setting of flatnet, at its default. To change one, remove the # before it; in a group, also the one before the name of the group. Words in capitals stand for a value of yours. A flag of the same name wins over this file: --probe-image over probeImage.'

/** Where the schema of this version is published: with the package. */
const schemaUrl = (): string => `https://unpkg.com/flatnet@${ownVersion()}/docs/schemas/configuration.schema.json`

const comment = (text: string, indent = ''): string[] => wrap(text, WIDTH).map((line) => `${indent}# ${line}`)

/** What a setting is about, with its choices. */
const about = ({ description = '', enum: choices }: Property): string =>
  choices ? `${description}: ${either(choices)}` : description

/** A setting at its default, or the word for its value. */
const lineOf = (name: string, { default: preset, takes = '' }: Property): string =>
  preset === undefined
    ? `${name}: ${takes.toUpperCase()}`
    : stringify({ [name]: preset }, { flowCollectionPadding: false, collectionStyle: 'flow', lineWidth: 0 })
        .trim()
        .replace(/^\{(.*)\}$/, '$1')

function settingLines(name: string, property: Property): string[] {
  const { properties: own } = property
  if (!own) return [...comment(about(property)), `#${lineOf(name, property)}`]
  const inner = Object.entries(own).flatMap(([key, each]) => [
    ...comment(about(each), '#  '),
    `#  ${lineOf(key, each)}`,
  ])
  return [...comment(about(property)), `#${name}:`, ...inner]
}

/** The text of a flatnet.yaml with every setting at its default, behind a `#` each. */
export function configurationText(): string {
  const settings = Object.entries(properties()).flatMap(([name, property]) => ['', ...settingLines(name, property)])
  return `${[
    `# yaml-language-server: $schema=${schemaUrl()}`,
    ...comment(HEAD),
    'apiVersion: flatnet/v1',
    'kind: Configuration',
    ...settings,
  ].join('\n')}\n`
}

import { visible } from '../contract/visible.ts'

/** An element of an XML document. */
export interface Xml {
  name: string
  attributes?: Record<string, string | number | undefined>
  children?: readonly Xml[]
  text?: string
}

const escaped = (text: string): string =>
  visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // An attribute keeps its line breaks only as numbers.
    .replaceAll('\n', '&#xA;')
    .replaceAll('\t', '&#x9;')

/** Writes a document. Characters that XML does not allow are written as their numbers. */
export const xml = (root: Xml): string => `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}`

function write({ name, attributes = {}, children = [], text }: Xml, indent: string): string {
  const words = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
  const start = `${indent}<${name}${words.join('')}`
  if (text !== undefined) return `${start}>${escaped(text).replaceAll('&#xA;', '\n')}</${name}>\n`
  if (children.length === 0) return `${start}/>\n`
  return `${start}>\n${children.map((child) => write(child, `${indent}  `)).join('')}${indent}</${name}>\n`
}

/** One element's start. */
export interface Element {
  name: string
  attributes: Record<string, string>
}

const TOKEN =
  /<\?[^?]*\?>|<!\[CDATA\[[\s\S]*?]]>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|[^<&]+|&(?:\w+|#\d+|#x[\da-fA-F]+);/y

/** Every element of a well-formed document, in its order. @throws Error at what is not well-formed. */
export function elements(xml: string): Element[] {
  const found: Element[] = []
  const open: string[] = []
  let at = 0
  while (at < xml.length) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(xml)
    if (!token) throw new Error(`not well-formed: ${xml.slice(at, at + 60)}`)
    at = TOKEN.lastIndex
    const [, closes, opens, words = '', empty] = token
    if (closes !== undefined && open.pop() !== closes) throw new Error(`</${closes}> closes nothing`)
    if (opens === undefined) continue
    const pairs = [...words.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])
    found.push({ name: opens, attributes: Object.fromEntries(pairs) as Record<string, string> })
    if (empty === '') open.push(opens)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`)
  return found
}

/** A source of a promise: the text that promises it. */
export interface Source {
  name: string
  url: string
}

/** Where an issue such as k/k#56903 is. */
const TRACKERS: Record<string, string> = {
  'k/k': 'https://github.com/kubernetes/kubernetes/issues/',
  kind: 'https://github.com/kubernetes-sigs/kind/issues/',
}

/** The address of an issue by its short name. */
export const issueUrl = (tracker: string, number: string): string => `${TRACKERS[tracker]}${number}`

/** Whether a source is an issue of a project. An issue reports how networks behave, and promises nothing. */
export const isIssue = ({ url }: Source): boolean => Object.values(TRACKERS).some((tracker) => url.startsWith(tracker))

/** The signs in prose that are more than text. Each kind has a group of its own; code comes first, because it has no others in it. */
export const SIGNS =
  /`(?<code>[^`]+)`|\[(?<label>[^\]]+)\](?:\[(?<key>[^\]]+)\]|\((?<link>https?:\/\/[^)\s]+)\))|(?<bare>https?:\/\/[^\s)]+)|(?<tracker>k\/k|kind)#(?<issue>\d+)/g

const DEFINITION = /^[ \t]*\[([^\]\n]+)\]:[ \t]+(https?:\/\/\S+)[ \t]*$/gm

/** The links that a text defines, as `[NM]: https://…`. */
export const definitionsIn = (text: string): Map<string, string> =>
  new Map([...text.matchAll(DEFINITION)].map(([, key = '', url = '']) => [key, url]))

/** The text without its definitions of links. */
export const withoutDefinitions = (text: string): string => text.replace(DEFINITION, '')

/** The sources that a text names, each once. `urls` are the definitions of the links. */
export function sourcesIn(text: string, urls: ReadonlyMap<string, string>): Source[] {
  const found = [...withoutDefinitions(text).matchAll(SIGNS)].flatMap(({ groups = {} }): Source[] => {
    const { label, key, link, bare, tracker, issue } = groups
    const name = label?.replace(/\s+/g, ' ')
    if (name && key) return urls.has(key) ? [{ name, url: urls.get(key) ?? '' }] : []
    if (name && link) return [{ name, url: link }]
    if (bare) return [{ name: new URL(bare).hostname, url: bare }]
    return tracker && issue ? [{ name: `${tracker}#${issue}`, url: issueUrl(tracker, issue) }] : []
  })
  return [...new Map(found.map((source) => [source.url, source])).values()]
}

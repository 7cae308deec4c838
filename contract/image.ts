/** The registry of images whose name has none, and the path of those without a path there. */
const HUB = 'docker.io'
const OFFICIAL = 'library'

/** An image's name: registry, path in it, and what follows (`:tag`, `@digest`). */
interface Image {
  host: string
  path: string
  version: string
}

/** As Docker and the kubelets do: a first part is a registry only if it has a dot or a port, or is localhost. */
const isHost = (part: string): boolean => /^localhost$|[.:]/.test(part)

function parts(image: string): Image {
  const [, name = image, version = ''] = /^(.*?)((?::[\w.-]+)?(?:@[\w:]+)?)$/.exec(image) ?? []
  const [first = '', ...rest] = name.split('/')
  if (rest.length > 0 && isHost(first)) return { host: first, path: rest.join('/'), version }
  return { host: HUB, path: rest.length === 0 ? `${OFFICIAL}/${first}` : name, version }
}

/** The full name of an image, as nodes list it: `node:24-slim` is `docker.io/library/node:24-slim`. */
export function fullName(image: string): string {
  const { host, path, version } = parts(image)
  return `${host}/${path}${version || ':latest'}`
}

/** Whether the name of an image has its registry. */
export const namesRegistry = (image: string): boolean => image.includes('/') && isHost(image.split('/')[0] ?? '')

/**
 * An image in a mirror: the mirror's name stands in place of the registry's. The path is that of the original registry, so an official
 * image of Docker Hub is below `library/`, where pull-through caches have it too.
 */
export function mirrored(image: string, mirror: string | undefined): string {
  if (mirror === undefined) return image
  const { path, version } = parts(image)
  return `${mirror}/${path}${version}`
}

const HOST = /^(?:\[[\da-f:]+\]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)(?::\d{1,5})?$/i
const PART = /^[a-z\d]+(?:(?:\.|__?|-+)[a-z\d]+)*$/

/** Whether a text is `HOST[:PORT][/PATH]` of a registry, and nodes would take its host as one. */
export function isRegistry(text: string): boolean {
  const [host = '', ...path] = text.split('/')
  return HOST.test(host) && isHost(host) && path.every((part) => PART.test(part))
}

import path from 'node:path'
import { toolPath } from '../network/tools.ts'
import type { Container } from './pod.ts'

/** For each image, by pattern (`node:*`, `registry/name:tag`), the path of the host's program that it runs. */
export type Images = Readonly<Record<string, string>>

/** An image that this cluster has. */
export interface Image {
  readonly name: string
  readonly program: string
  /** The program's directory, to be mounted into containers; undefined when it is on the search path anyway. */
  readonly directory?: string
}

/** Every cluster has Node: the program that runs the cluster itself. */
const ownImages: Images = { 'node:*': process.execPath }

/** Finds the image of a reference; undefined when the cluster has none. A later pattern wins over an earlier one. */
export function findImage(images: Images, reference: string): Image | undefined {
  const [name, tag] = parse(reference)
  const match = Object.entries({ ...ownImages, ...images }).findLast(([pattern]) => {
    const [patternName, patternTag] = parse(pattern)
    return (name === patternName || name.endsWith(`/${patternName}`)) && [tag, '*'].includes(patternTag)
  })
  if (!match) return undefined
  const directory = path.dirname(match[1])
  return {
    name: `${name.includes('/') ? name : `docker.io/library/${name}`}:${tag}`,
    program: match[1],
    ...(toolPath.split(':').includes(directory) ? {} : { directory }),
  }
}

/**
 * The command line of a container: its own command, or the image's program with the container's arguments. As in the
 * entry point of the Node image, arguments that start with a program's name are a command of their own.
 */
export function argv(image: Image, { command, args = [] }: Container): string[] {
  if (command?.length) return [...command, ...args]
  const isCommand = image.program.endsWith('/node') && args[0] !== undefined && !/^-|\.[cm]?js$/.test(args[0])
  return isCommand ? args : [path.basename(image.program), ...args]
}

function parse(reference: string): [name: string, tag: string] {
  const [tagged = ''] = reference.replace(/^docker\.io\/library\//, '').split('@')
  const [, name = tagged, tag = 'latest'] = /^(.*):([^:/]+)$/.exec(tagged) ?? []
  return [name, tag]
}

import path from 'node:path'
import { toolPath } from '../network/tools.ts'
import type { Container } from './pod.ts'

/** Images by pattern (`node:*`, `registry/name:tag`), each a program of the host that stands for it. */
export type Images = Readonly<Record<string, string>>

/** An image that this cluster has. */
export interface Image {
  readonly name: string
  readonly program: string
  /** The directory to put in front of the containers' programs, when the program is not on the search path anyway. */
  readonly directory?: string
}

/** Every cluster has Node: the very program that it is run by. */
const ownImages: Images = { 'node:*': process.execPath }

/** Finds what stands for an image; undefined when nothing does. A later entry beats an earlier one. */
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
 * What a container runs: its own command, or the image's program, which the image's entry point adds to bare arguments.
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

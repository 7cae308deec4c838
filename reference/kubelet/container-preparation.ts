import { readFile, writeFile } from 'node:fs/promises'
import type { ContainerLog } from './container-log.ts'
import type { Start } from './container-process.ts'
import { environment, expand } from './environment.ts'
import { argv, type Image } from './image.ts'
import type { NodeContext } from './node-context.ts'
import type { Container, Pod } from './pod.ts'
import { bind, capabilities, type Mount, systemMounts } from './root-filesystem.ts'

/** What the containers of a pod share. */
export interface PodContext {
  readonly node: NodeContext
  /** The newest version of the pod, with its addresses in its status. */
  readonly pod: () => Pod
  readonly network: string
  readonly address: string
  readonly hostname: string
  /** The pod's directory in the world. */
  readonly directory: string
  /** To be called when the pod's status is to be written again. */
  readonly changed: () => void
}

/**
 * Everything that a run of a container needs.
 * @throws Error when the container refers to an object or a key that does not exist.
 */
export async function prepare(context: PodContext, container: Container, image: Image): Promise<Omit<Start, 'output'>> {
  const { node, pod, network, hostname, directory } = context
  const own = `${directory}/containers/${container.name}`
  const variables = environment(node.store, pod(), container, hostname)
  const messages = bind(
    messageFile(context, container),
    container.terminationMessagePath ?? '/dev/termination-log',
    false,
  )
  await writeFile(messages.source, '')
  return {
    network,
    hostname,
    directory: own,
    environment: variables,
    workingDirectory: container.workingDir ?? '/',
    argv: argv(image, container).map((word) => expand(word, variables)),
    mounts: [...systemMounts(image), ...podMounts(directory, pod(), container), messages],
    readOnlyRoot: container.securityContext?.readOnlyRootFilesystem ?? false,
    capabilities: capabilities(container),
  }
}

/** The termination message that a container has written, or the end of its log when its policy says so. */
export async function terminationMessage(
  context: PodContext,
  container: Container,
  exitCode: number,
  log: ContainerLog,
): Promise<string> {
  const written = await readFile(messageFile(context, container), 'utf8').catch(() => '')
  const fallsBack = container.terminationMessagePolicy === 'FallbackToLogsOnError' && exitCode !== 0
  return (written || (fallsBack ? log.tail(80) : '')).slice(0, 4096)
}

function messageFile({ directory }: PodContext, { name }: Container): string {
  return `${directory}/containers/${name}/termination-log`
}

function podMounts(directory: string, { spec }: Pod, { volumeMounts = [] }: Container): Mount[] {
  const files = ['hosts', 'hostname', 'resolv.conf'].map((name) =>
    bind(`${directory}/etc/${name}`, `/etc/${name}`, false),
  )
  const sourceOf = (name: string) =>
    spec.volumes?.find((volume) => volume.name === name)?.hostPath?.path ?? `${directory}/volumes/${name}`
  const volumes = volumeMounts.map(({ name, mountPath, subPath, readOnly = false }) =>
    bind([sourceOf(name), subPath].filter(Boolean).join('/'), mountPath, readOnly),
  )
  // Shorter paths first: a mount inside another one comes after it.
  return [...files, ...volumes.sort((a, b) => a.target.length - b.target.length)]
}

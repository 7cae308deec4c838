import { tool } from './commands.ts'

const succeeds = (action: Promise<unknown>): Promise<boolean> =>
  action.then(
    () => true,
    () => false,
  )

/**
 * Loads an image into the kind nodes that lack it. If this machine lacks it too, the nodes pull it themselves.
 * @param load the words that precede the image and the nodes.
 * @returns what became of it, in words. Rejects with the error of the command that loads it.
 */
export async function loadImage(
  image: string,
  nodes: readonly string[],
  load: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const run = (...argv: string[]) => tool(argv, { signal })
  const has = await Promise.all(
    nodes.map((node) => succeeds(run('docker', 'exec', node, 'crictl', 'inspecti', '-q', image))),
  )
  const missing = nodes.filter((_, i) => !has[i])
  if (missing.length === 0) return 'already present'
  if (!(await succeeds(run('docker', 'image', 'inspect', image)))) return 'the nodes will pull it'
  await run(...load, image, '--nodes', missing.join(','))
  return `${missing.length} nodes`
}

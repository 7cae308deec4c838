import { imagesPulled } from '../../cluster/images-pulled.ts'
import { EXIT } from '../../contract/exit.ts'
import { visible } from '../../contract/visible.ts'
import { readSettings } from '../settings.ts'
import { painter } from '../terminal.ts'

/**
 * `flatnet images`: prints every image that a run may pull on the cluster, one a line. A terminal also shows what needs it; a pipe does
 * not, so that `xargs` can take the lines.
 */
export function images({ json, ...flags }: Record<string, unknown>): number {
  const all = imagesPulled(readSettings(flags, []))
  const paint = painter(process.stdout)
  const width = Math.max(...all.map(({ image }) => image.length))
  const line = ({ image, for: why }: (typeof all)[number]) =>
    process.stdout.isTTY ? `${visible(image).padEnd(width)}   ${paint('dim', why)}` : visible(image)
  process.stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : `${all.map(line).join('\n')}\n`)
  return EXIT.ok
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { printedJson } from '../../contract/visible.ts'
import { watchPage } from '../../watch/page.ts'
import type { WatchReport } from '../../watch/schema.ts'
import { ownFolder } from '../run/folder.ts'

const YAML = 'watch.yaml'

/** The folder of `--output`, as an absolute path: a new one, an empty one, or one of an earlier watch. @throws UsageError */
export const watchFolder = (output: string): string =>
  ownFolder(output, {
    called: `--output ${output}`,
    files: ['index.html', 'watch.json', YAML],
    isOurs: (folder) =>
      existsSync(join(folder, YAML)) &&
      /^kind: WatchReport$/m.test(readFileSync(join(folder, YAML), 'utf8').slice(0, 200)),
    expected: 'a new folder, an empty one, or one of an earlier watch',
  })

/** Writes the report in all its formats. */
export function writeWatch(folder: string, report: WatchReport): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, YAML), stringify(report))
  writeFileSync(join(folder, 'watch.json'), printedJson(report))
  writeFileSync(join(folder, 'index.html'), watchPage(report))
}

// A reporter for node's test runner: prints the files that took longest, and one last line with the counts.
import { relative } from 'node:path'

const MOST = 8

// biome-ignore lint/style/noDefaultExport: node's test runner takes a reporter as a module's default.
export default async function* tally(source) {
  let counts
  const files = []
  for await (const { type, data } of source) {
    if (type !== 'test:summary') continue
    if (data.file === undefined) counts = data.counts
    else files.push(data)
  }
  if (!counts) return
  const slowest = files.sort((a, b) => b.duration_ms - a.duration_ms).slice(0, MOST)
  yield '\nslowest files\n'
  for (const { file, duration_ms } of slowest)
    yield `${(duration_ms / 1000).toFixed(0).padStart(6)} s  ${relative(process.cwd(), file)}\n`
  const { passed, failed, cancelled, skipped } = counts
  yield `\n${passed} passed, ${failed + cancelled} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`
}

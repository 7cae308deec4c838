// A reporter for node's test runner: prints one last line with the counts.
// biome-ignore lint/style/noDefaultExport: node's test runner takes a reporter as a module's default.
export default async function* tally(source) {
  let counts
  for await (const { type, data } of source)
    if (type === 'test:summary' && data.file === undefined) counts = data.counts
  if (!counts) return
  const { passed, failed, cancelled, skipped } = counts
  yield `\n${passed} passed, ${failed + cancelled} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`
}

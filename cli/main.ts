// The program behind bin/flatnet.mjs, which has checked the version of Node.
import { main } from './program.ts'

// It is no error if the reader of a pipe ends early (`flatnet list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))
// Node's default exit code is 1, which would mean a failed row. This is a mistake in flatnet, so the code is 2.
process.on('uncaughtException', (error) => {
  process.stderr.write(`flatnet: ${error.message}; this is a mistake in flatnet itself.\n${error.stack}\n`)
  process.exitCode = 2
  // Run the clean-up that is registered for signals.
  if (!process.emit('SIGTERM')) process.exit()
})
/** How long what was closed at the end may take. */
const LEFT_OPEN_MS = 10_000

const code = await main(process.argv.slice(2))
process.exitCode ??= code
// A stream or a watch that nobody closed would keep a pipeline waiting for ever. A reader of the output may be slow.
setInterval(() => {
  if (process.stdout.writableLength > 0) return
  process.stderr.write('flatnet: it has ended, but left something open; this is a mistake in flatnet itself.\n')
  process.exit()
}, LEFT_OPEN_MS).unref()

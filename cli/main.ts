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
const code = await main(process.argv.slice(2))
process.exitCode ??= code

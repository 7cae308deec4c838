// What bin/flatnet.mjs runs, once it knows that Node is new enough.
import { main } from './program.ts'

// A reader that has seen enough (`flatnet list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))
// Left alone, Node would end with 1, which is a verdict; what broke here is the suite.
process.on('uncaughtException', (error) => {
  process.stderr.write(`flatnet: ${error.message}; this is a mistake of flatnet's own.\n${error.stack}\n`)
  process.exitCode = 2
  // Whoever would undo something on a signal does it now.
  if (!process.emit('SIGTERM')) process.exit()
})
const code = await main(process.argv.slice(2))
process.exitCode ??= code

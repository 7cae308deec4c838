#!/usr/bin/env node
// The version is checked before any import, because the dependencies fail on older releases with a stack trace.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 22) || major === 23) {
  process.stderr.write(
    `flatnet: Node ${process.versions.node} is too old; flatnet needs 22.22, 24 or newer: npx -p node@24 -p flatnet flatnet …\n`,
  )
  process.exit(2)
}
// It is no error if the reader of a pipe ends early (`flatnet list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))
// Node's default exit code is 1, which would mean a failed row. This is a mistake in flatnet, so the code is 2.
process.on('uncaughtException', (error) => {
  process.stderr.write(`flatnet: ${error.message}; this is a mistake in flatnet itself.\n${error.stack}\n`)
  process.exitCode = 2
  // Run the clean-up that is registered for signals.
  if (!process.emit('SIGTERM')) process.exit()
})
const { main } = await import('./program.ts')
const code = await main(process.argv.slice(2))
process.exitCode ??= code

export {}

#!/usr/bin/env node
// Nothing is imported before the version is known to be good: older releases fail on the dependencies, with a stack.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 22) || major === 23) {
  process.stderr.write(
    `flatnet: Node ${process.versions.node} is too old; flatnet needs 22.22, 24 or newer: npx -p node@24 -p flatnet flatnet …\n`,
  )
  process.exit(2)
}
// A reader that has seen enough (`flatnet list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))
// Left alone, Node would end with 1, which is a verdict; what broke here is the suite.
process.on('uncaughtException', (error) => {
  process.stderr.write(`flatnet: ${error.message}; this is a mistake of flatnet's own.\n${error.stack}\n`)
  process.exitCode = 2
  // Whoever would undo something on a signal does it now.
  if (!process.emit('SIGTERM')) process.exit()
})
const { main } = await import('./program.ts')
const code = await main(process.argv.slice(2))
process.exitCode ??= code

export {}

// Compiles the sources and bundles the probe into one file. Nothing to do where the package came compiled.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const require = createRequire(import.meta.url)
if (!existsSync('fixtures') || !existsSync('node_modules/typescript')) process.exit(0)

rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
require('esbuild').buildSync({
  entryPoints: ['fixtures/probe/main.ts'],
  outfile: 'dist/probe.cjs',
  bundle: true,
  minify: true,
  // As an ES module it would load all that node:http names, undici among it: 6 MB and 40 ms in each of 40 containers.
  format: 'cjs',
  platform: 'node',
  target: 'node20',
})
chmodSync('dist/cli/main.js', 0o755)

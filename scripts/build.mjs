// Compiles the sources and makes one file of each program that runs in a pod or in the reference cluster. Nothing to do where the package came compiled.
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const require = createRequire(import.meta.url)
if (!existsSync('fixtures') || !existsSync('node_modules/typescript')) process.exit(0)

rmSync('dist', { recursive: true, force: true })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
// As ES modules they would load all that node:http names, undici among it: 6 MB and 40 ms in each of 40 containers.
const inOneFile = {
  ...{ bundle: true, minify: true, format: 'cjs', platform: 'node', target: 'node20' },
  define: { 'import.meta.url': 'ownUrl' },
  banner: { js: "'use strict';const ownUrl = require('node:url').pathToFileURL(__filename).href" },
}
const { buildSync } = require('esbuild')
// The probe comes last: where it is, the build is complete.
const programs = {
  liar: 'faults/liar/main.ts',
  'reference/cluster': 'reference/main.ts',
  'reference/prober': 'reference/kubelet/prober-main.ts',
  'reference/dns': 'reference/dns/main.ts',
  probe: 'probe/main.ts',
}
for (const [name, source] of Object.entries(programs))
  buildSync({ entryPoints: [source], outfile: `dist/${name}.cjs`, ...inOneFile })

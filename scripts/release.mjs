// What a release needs (.github/workflows/release.yml):
//   check TAG              the tag, the package, the changelog, the pipelines and the specification are of one version, and released
//   notes                  prints this version's part of the changelog
//   archive TARBALL FILE   makes the archive for Krew: the package with what it depends on
//   krew ARCHIVE URL       prints Krew's manifest for the archive, which will be found at this URL
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (name) => readFileSync(join(root, name), 'utf8')
const { version, description } = JSON.parse(read('package.json'))
const [command, ...args] = process.argv.slice(2)

const fail = (sentence) => {
  console.error(`release: ${sentence}`)
  process.exit(1)
}

/** The part of the changelog about this version. */
function notes() {
  const parts = read('CHANGELOG.md').split(/^## /m)
  const own = parts.find((part) => part.startsWith(`[${version}]`))
  return (
    own?.replace(/^.*\n/, '').trim() ||
    fail(`CHANGELOG.md has nothing about ${version}; expected a heading "## [${version}] - DATE".`)
  )
}

function check(tag) {
  if (tag !== `v${version}`) fail(`the tag is ${tag}, and the package has version ${version}.`)
  notes()
  for (const name of ['action.yml', 'deploy/pipelines/gitlab.yml', 'deploy/pipelines/tekton.yaml']) {
    const other = /flatnet@(\d[\w.-]*)/.exec(read(name))?.[1]
    if (other !== version) fail(`${name} names flatnet@${other}; expected ${version}.`)
  }
  const specification = /SPECIFICATION = '(.+)'/.exec(read('reports/specification.ts'))?.[1]
  const file = `docs/specification/${specification}.yaml`
  if (!parse(read(file)).released) fail(`${file} has no day of release; expected npm run specification -- --release.`)
}

function archive(tarball, file) {
  const folder = mkdtempSync(join(tmpdir(), 'flatnet-krew-'))
  try {
    const flags = ['--omit=dev', '--omit=optional', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    execFileSync('npm', ['install', '--prefix', folder, ...flags, resolve(tarball)], { stdio: 'inherit' })
    execFileSync('tar', ['-czf', resolve(file), '-C', folder, 'node_modules'], { stdio: 'inherit' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Krew's manifest. The program needs Node on PATH. */
const krew = (file, uri) => ({
  apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
  kind: 'Plugin',
  metadata: { name: 'flatnet' },
  spec: {
    version: `v${version}`,
    homepage: uri.replace(/\/releases\/.*$/, ''),
    shortDescription: 'Test the network of a cluster, with evidence',
    description: `${description}: real packets between probe pods on every node, and a verdict with evidence.\n`,
    caveats: 'flatnet needs Node 22.22 or newer on PATH.\n',
    platforms: ['linux', 'darwin'].flatMap((os) =>
      ['amd64', 'arm64'].map((arch) => ({
        selector: { matchLabels: { os, arch } },
        uri,
        sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
        files: [{ from: 'node_modules', to: '.' }],
        bin: 'flatnet/bin/flatnet.mjs',
      })),
    ),
  },
})

if (command === 'check' && args.length === 1) check(args[0])
else if (command === 'notes') console.log(notes())
else if (command === 'archive' && args.length === 2) archive(...args)
else if (command === 'krew' && args.length === 2) process.stdout.write(stringify(krew(...args), { lineWidth: 0 }))
else fail('expected check TAG, notes, archive TARBALL FILE, or krew ARCHIVE URL.')

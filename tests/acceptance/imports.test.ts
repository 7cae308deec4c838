import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { after, describe, it } from 'node:test'
import { ROOT } from './cli.ts'

const sources = (pattern: string) => globSync(pattern, { cwd: ROOT }).sort()
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** The files of this project that a file imports, in any way. */
function imports(file: string): string[] {
  const found = read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...found].map(([, path = '']) => relative(ROOT, resolve(ROOT, dirname(file), path)))
}

describe('the suite does not know which cluster it is on', () => {
  const SOURCES =
    /\b(source|cluster\.source|settings\.cluster|cluster)\s*(===|!==|==|!=)|case '(kind|reference|current)'/
  const outside = [...sources('steps/**/*.ts'), ...sources('fixtures/**/*.ts')].filter(
    (file) => !file.startsWith('fixtures/clusters/') && file !== 'fixtures/settings.ts',
  )

  it('looks at real files', () => {
    assert.ok(outside.length > 50)
    assert.ok(sources('features/**/*.feature').length > 10)
  })

  for (const word of ['kind', 'reference', 'current']) {
    it(`no step and no fixture compares anything with '${word}'`, () => {
      const compared = new RegExp(`[=!]==? *['"\`]${word}['"\`]|['"\`]${word}['"\`] *[=!]==?|case ['"\`]${word}['"\`]`)
      const lines = outside.flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, n) => (compared.test(line) ? [`${file}:${n + 1}: ${line.trim()}`] : [])),
      )
      assert.deepEqual(lines, [])
    })
  }

  it('no step and no fixture asks a cluster for its source', () => {
    const asking = outside.filter((file) => SOURCES.test(read(file)))
    assert.deepEqual(asking, [])
  })

  it('no scenario is tagged for one', () => {
    const tagged = sources('features/**/*.feature').filter((file) =>
      /@(needs-)?(kind|reference|current)\b/.test(read(file)),
    )
    assert.deepEqual(tagged, [])
  })
})

/** What each room may import of ours, beside itself. */
const MAY: Record<string, string[]> = {
  'fixtures/probe': [],
  fixtures: ['reference'],
  steps: ['fixtures'],
  reports: [],
  reference: [],
  suite: ['fixtures', 'reports'],
  faults: ['fixtures'],
  prover: ['fixtures', 'reports', 'suite', 'faults'],
  cli: ['fixtures', 'reports', 'suite', 'faults', 'prover'],
}
const roomOf = (file: string) => Object.keys(MAY).find((room) => file.startsWith(`${room}/`)) ?? file

describe('imports point one way', () => {
  for (const room of Object.keys(MAY)) {
    it(`${room} imports ${MAY[room]?.join(', ') || 'nothing else of ours'}`, () => {
      const files = sources(`${room}/**/*.ts`).filter((file) => roomOf(file) === room)
      const wrong = files.flatMap((file) =>
        imports(file)
          .filter((to) => ![room, ...(MAY[room] ?? [])].some((good) => to.startsWith(`${good}/`)))
          .map((to) => `${file} imports ${to}`),
      )
      assert.ok(files.length > 0)
      assert.deepEqual(wrong, [])
    })
  }

  it('the probe imports Node’s own modules and a DNS packet library', () => {
    const foreign = sources('fixtures/probe/**/*.ts').flatMap((file) =>
      [...read(file).matchAll(/from '([^'.][^']*)'/g)]
        .map(([, name = '']) => name)
        .filter((name) => !name.startsWith('node:') && name !== 'dns-packet'),
    )
    assert.deepEqual(foreign, [])
  })

  it('fixtures reach the reference cluster through fixtures/clusters alone', () => {
    const files = sources('fixtures/**/*.ts').filter((file) => imports(file).some((to) => to.startsWith('reference/')))
    assert.deepEqual(files, ['fixtures/clusters/reference.ts'])
  })
})

/** A file in one room, with an import that is not allowed there. */
const VIOLATIONS: [file: string, imported: string][] = [
  ['fixtures/planted.ts', '../steps/world.ts'],
  ['fixtures/run/planted.ts', '../../suite/undo.ts'],
  ['fixtures/run/planted.ts', '../../reports/model.ts'],
  ['fixtures/run/planted.ts', '@cucumber/cucumber'],
  ['fixtures/probe/planted.ts', '../errors.ts'],
  ['fixtures/probe/serve/planted.ts', '../../errors.ts'],
  ['fixtures/probe/planted.ts', '../../reports/model.ts'],
  ['steps/planted.ts', '../reports/model.ts'],
  ['steps/planted.ts', '../suite/undo.ts'],
  ['steps/planted.ts', '../reference/index.ts'],
  ['reports/planted.ts', '../fixtures/errors.ts'],
  ['reports/planted.ts', '../steps/world.ts'],
  ['reports/planted.ts', '../suite/undo.ts'],
  ['reference/planted.ts', '../fixtures/errors.ts'],
  ['reference/api/planted.ts', '../../reports/model.ts'],
  ['suite/planted.ts', '../cli/screen.ts'],
  ['faults/planted.ts', '../steps/world.ts'],
  ['faults/planted.ts', '../suite/undo.ts'],
  ['prover/planted.ts', '../cli/screen.ts'],
  ['cli/planted.ts', '../tests/unit/fake.ts'],
]

describe('lint refuses', { concurrency: 2 }, () => {
  const copy = mkdtempSync(join(tmpdir(), 'flatnet-lint-'))
  cpSync(join(ROOT, 'biome.json'), join(copy, 'biome.json'))
  after(() => rmSync(copy, { recursive: true, force: true }))
  const biome = (file: string) =>
    spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/@biomejs/biome/bin/biome'), 'lint', '--vcs-enabled=false', file],
      { cwd: copy, encoding: 'utf8' },
    )
  const plant = (file: string, imported: string) => {
    mkdirSync(join(copy, dirname(file)), { recursive: true })
    writeFileSync(join(copy, file), `import { x } from '${imported}'\n\nexport const y = x\n`)
    return biome(file)
  }

  for (const [file, imported] of VIOLATIONS) {
    it(`${imported} in ${dirname(file)}`, () => {
      const { status, stderr, stdout } = plant(file, imported)
      assert.match(stdout + stderr, /noRestrictedImports/)
      assert.notEqual(status, 0)
    })
  }

  it('and accepts what is allowed', () => {
    const { status, stdout, stderr } = plant('steps/allowed.ts', '../fixtures/errors.ts')
    assert.equal(status, 0, stdout + stderr)
  })
})

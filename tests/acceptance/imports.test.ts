import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ROOMS, roomOf, wrongImports, wrongImportsIn } from '../../scripts/rooms.mjs'
import { ROOT } from './cli.ts'

const sources = (pattern: string) => globSync(pattern, { cwd: ROOT }).sort()
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

describe('the suite does not know which cluster it is on', () => {
  const SOURCES =
    /\b(source|cluster\.source|settings\.cluster|cluster)\s*(===|!==|==|!=)|case '(kind|reference|current)'/
  const outside = ['steps', 'promises', 'fixtures', 'cluster', 'contract']
    .flatMap((room) => sources(`${room}/**/*.ts`))
    .filter((file) => !file.startsWith('cluster/sources/') && file !== 'contract/settings.ts')

  it('looks at real files', () => {
    assert.ok(outside.length > 50)
    assert.ok(sources('features/**/*.feature').length > 10)
  })

  for (const word of ['kind', 'reference', 'current']) {
    it(`nothing outside of cluster/sources compares anything with '${word}'`, () => {
      const compared = new RegExp(`[=!]==? *['"\`]${word}['"\`]|['"\`]${word}['"\`] *[=!]==?|case ['"\`]${word}['"\`]`)
      const lines = outside.flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, n) => (compared.test(line) ? [`${file}:${n + 1}: ${line.trim()}`] : [])),
      )
      assert.deepEqual(lines, [])
    })
  }

  it('nothing outside of cluster/sources asks a cluster for its source', () => {
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

/** A file in one room, with an import that is not allowed there. */
const VIOLATIONS: [file: string, imported: string][] = [
  ['contract/planted.ts', '../cluster/workbench.ts'],
  ['contract/planted.ts', '../reports/model.ts'],
  ['cluster/planted.ts', '../steps/world.ts'],
  ['cluster/site/planted.ts', '../../promises/names/ask.ts'],
  ['cluster/site/planted.ts', '../../suite/suite.ts'],
  ['cluster/site/planted.ts', '../../reference/index.ts'],
  ['cluster/site/planted.ts', '@cucumber/cucumber'],
  ['fixtures/planted.ts', '../promises/names/ask.ts'],
  ['promises/names/planted.ts', '../../steps/world.ts'],
  ['promises/names/planted.ts', '@cucumber/cucumber'],
  ['probe/planted.ts', '../contract/errors.ts'],
  ['probe/serve/planted.ts', '../../contract/errors.ts'],
  ['probe/planted.ts', '../reports/model.ts'],
  ['steps/planted.ts', '../reports/model.ts'],
  ['steps/planted.ts', '../suite/suite.ts'],
  ['steps/planted.ts', '../reference/index.ts'],
  ['reports/planted.ts', '../cluster/workbench.ts'],
  ['reports/planted.ts', '../steps/world.ts'],
  ['reports/planted.ts', '../suite/suite.ts'],
  ['reference/planted.ts', '../contract/errors.ts'],
  ['reference/api/planted.ts', '../../reports/model.ts'],
  ['suite/planted.ts', '../cli/screen.ts'],
  ['faults/planted.ts', '../steps/world.ts'],
  ['faults/planted.ts', '../promises/names/ask.ts'],
  ['prover/planted.ts', '../cli/screen.ts'],
  ['cli/planted.ts', '../tests/unit/fake.ts'],
]

describe('imports point one way', () => {
  it('in every file of every room', () => {
    for (const room of Object.keys(ROOMS)) assert.ok(sources(`${room}/**/*.ts`).length > 0, room)
    assert.deepEqual(wrongImportsIn(ROOT), [])
  })

  it('every folder with sources is a room', () => {
    const outside = sources('*/**/*.ts').filter((file) => !/^(node_modules|dist|tests)\//.test(file) && !roomOf(file))
    assert.deepEqual(outside, [])
  })

  for (const [file, imported] of VIOLATIONS) {
    it(`${imported} is refused in ${file}`, () => {
      assert.equal(wrongImports(file, `import { x } from '${imported}'\n`).length, 1)
      assert.equal(wrongImports(file, `const { x } = await import('${imported}')\n`).length, 1)
    })
  }

  it('what is allowed is accepted', () => {
    assert.deepEqual(wrongImports('steps/allowed.ts', "import { x } from '../contract/errors.ts'\n"), [])
    assert.deepEqual(wrongImports('cluster/sources/reference.ts', "import { x } from '../../reference/index.ts'\n"), [])
  })

  it('the probe imports Node’s own modules and a DNS packet library', () => {
    const foreign = sources('probe/**/*.ts').flatMap((file) =>
      [...read(file).matchAll(/from '([^'.][^']*)'/g)]
        .map(([, name = '']) => name)
        .filter((name) => !name.startsWith('node:') && name !== 'dns-packet'),
    )
    assert.deepEqual(foreign, [])
  })
})

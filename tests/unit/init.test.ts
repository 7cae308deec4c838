import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { parse } from 'yaml'
import { init } from '../../cli/commands/init.ts'
import { configurationText } from '../../cli/init/file.ts'
import { configurationSchema, properties } from '../../cli/init/schema.ts'
import { readSettings } from '../../cli/settings.ts'
import { Settings } from '../../contract/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'flatnet-'))
after(() => rmSync(folder, { recursive: true }))

/** The file with the `#` removed from every setting, and without those that have no default. */
const uncommented = (text: string): string =>
  text
    .replace(/^#(?! \S)/gm, '')
    .split('\n')
    .filter((line) => !/^ *\w+: [A-Z:/]+$/.test(line))
    .join('\n')

const settingsOf = (text: string): Settings => {
  const config = join(folder, `${crypto.randomUUID()}.yaml`)
  writeFileSync(config, text)
  return readSettings({ config }, [])
}

describe('the file that init writes', () => {
  const text = configurationText()

  it('changes nothing', () => assert.deepEqual(settingsOf(text), Settings.parse({})))

  it('has every setting at its default', () => {
    const active = uncommented(text)
    assert.deepEqual(settingsOf(active), Settings.parse({}))
    const { apiVersion: _, kind: __, ...settings } = parse(active) as Record<string, unknown>
    const { imageRegistry: ___, ...defaults } = Settings.parse({})
    assert.deepEqual(settings, defaults, 'no default is left out')
  })

  it('has every setting without a default too, each with what it is about', () => {
    for (const [name, property] of Object.entries(properties())) {
      for (const [key, { description }] of Object.entries({ [name]: property, ...property.properties })) {
        const [, above = ''] = new RegExp(`^(.*)\n# *${key}:`, 'm').exec(text) ?? []
        assert.match(above, /^#( {2})? *# *\S|^# \S/, `${key} has a line above it`)
        assert.ok(description, `${key} has a description`)
      }
    }
  })

  it('fits into 100 columns, but for the list of tolerations and the address of the schema', () => {
    const wide = text.split('\n').filter((line) => line.length > 100 && !/tolerations|yaml-language-server/.test(line))
    assert.deepEqual(wide, [])
  })

  it('replaces no file, unless it is told to', () => {
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, 'mine')
    assert.throws(() => init(file, {}), { name: 'UsageError', message: /mine\.yaml exists; .*--force\.$/ })
    assert.equal(readFileSync(file, 'utf8'), 'mine')
    init(file, { force: true })
    assert.equal(readFileSync(file, 'utf8'), text)
    assert.throws(() => init(join(folder, 'none', 'x.yaml'), {}), {
      name: 'UsageError',
      message: /cannot write .*ENOENT/,
    })
  })
})

it('the schema of flatnet.yaml is the one that is published', () => {
  const published = readFileSync(new URL('../../docs/schemas/configuration.schema.json', import.meta.url), 'utf8')
  assert.deepEqual(JSON.parse(published), configurationSchema(), 'npm run schema writes it anew')
  assert.doesNotMatch(published, /"takes"|"short"/)
})

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { SPECIFICATION } from '../../reports/specification.ts'
import { readSpecification } from '../../suite/features.ts'
import { Frozen, frozenRows } from '../../suite/frozen.ts'

const folder = new URL('../../docs/specification/', import.meta.url)
const specification = readSpecification()
const published = (file: string) => Frozen.parse(parse(readFileSync(new URL(file, folder), 'utf8')))

describe('the published specification', () => {
  it('has the rows of the features: a change of a row needs a new version after a release', () => {
    const { specification: version, rows, released } = published(`${SPECIFICATION}.yaml`)
    const remedy = released
      ? `specification ${version} was released on ${released}: a change needs a new version in reports/specification.ts`
      : 'npm run specification writes it anew'
    assert.equal(version, SPECIFICATION)
    assert.deepEqual(rows, frozenRows(specification), remedy)
  })

  it('has one file for each version, under its own name', () => {
    for (const file of readdirSync(folder)) assert.equal(`${published(file).specification}.yaml`, file)
  })

  it('tells a row apart that says something else', () => {
    const [first] = frozenRows(specification)
    const changed = structuredClone(specification.documents)
    const scenario = changed[0]?.feature?.children.flatMap(({ rule }) => rule?.children ?? [])[0]?.scenario
    const [step] = scenario?.steps ?? []
    assert.ok(first && step)
    ;(step as { text: string }).text += ' and more'
    const [other] = frozenRows({ documents: changed })
    assert.deepEqual({ ...other, digest: '' }, { ...first, digest: '' })
    assert.notEqual(other?.digest, first.digest)
  })
})

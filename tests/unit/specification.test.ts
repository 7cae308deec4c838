import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { readSpecification, select } from '../../suite/features.ts'

const { documents, rows } = readSpecification()
const scenarios = documents.flatMap(({ uri, feature }) =>
  (feature?.children ?? []).flatMap(({ rule }) =>
    (rule?.children ?? []).flatMap(({ scenario }) => (scenario && rule ? [{ uri, rule, scenario, feature }] : [])),
  ),
)
const steps = readdirSync(new URL('../../steps', import.meta.url)).map((name) =>
  readFileSync(new URL(`../../steps/${name}`, import.meta.url), 'utf8'),
)

const VOCABULARY =
  /^@([A-Z]{1,2}\d\d|core|extended|(rule|problem)-\d|dual-stack|policies|needs-(multi|namespaces|hostnet|dns|services|observer|outside|gateway|ingress|own-ingress|gatewayapi|masquerade|native|podcidr|nodes|endpoints|endpointslices|servicecidr|nodeport|healthcheck|lb|hostport|samenode|zones|random|source|dual|netpol)|disrupt|makes-pods|rests|waits)$/

describe('the specification', () => {
  it('has an id, a level and a chapter for every row', () => {
    assert.ok(rows.length > 60)
    for (const row of rows) {
      assert.match(row.id, /^[A-Z]{1,2}\d\d$/, row.name)
      assert.equal(row.tags.filter((tag) => tag === '@core' || tag === '@extended').length, 1, `${row.id}: one level`)
      assert.ok(row.chapter && row.title)
    }
  })

  it('uses the closed vocabulary of tags', () => {
    for (const tag of new Set(rows.flatMap((row) => row.tags))) assert.match(tag, VOCABULARY)
  })

  it('gates every need by a hook', () => {
    const hooks = steps.join('\n')
    for (const need of new Set(rows.flatMap((row) => row.tags).filter((tag) => tag.startsWith('@needs-')))) {
      assert.ok(hooks.includes(`'${need.slice('@needs-'.length)}'`), `${need} is missing in NEEDS in steps/hooks.ts`)
    }
  })

  it('keeps scenarios short: three to five steps, one When, inside a Rule', () => {
    for (const { uri, scenario } of scenarios) {
      assert.ok(scenario.steps.length >= 3 && scenario.steps.length <= 5, `${uri}: ${scenario.name}`)
      assert.equal(scenario.steps.filter((step) => step.keyword === 'When ').length, 1, `${uri}: ${scenario.name}`)
      assert.ok(
        scenario.steps.some((step) => step.keyword === 'Then '),
        `${uri}: ${scenario.name}`,
      )
    }
    const outside = documents.flatMap(({ feature }) => feature?.children ?? []).filter(({ scenario }) => scenario)
    assert.deepEqual(outside, [])
  })

  it('names every row of the specification differently', () => {
    const names = rows.map((row) => `${row.uri} ${row.name}`)
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
    )
  })

  it('says why, and from which clause, in every feature', () => {
    for (const { uri, feature } of documents) assert.ok((feature?.description.trim().length ?? 0) > 60, uri)
  })

  it('has titles that fit a terminal line', () => {
    const long = [...new Set(rows.map((row) => row.title))].filter((title) => title.length > 46)
    assert.deepEqual(long, [], 'the title of a Rule has at most 46 characters')
  })
})

describe('selection', () => {
  const all = readSpecification()
  it('takes ids, paths and tags', () => {
    assert.match(select(all, ['p04', 'I01'], undefined, 'full').tags, /@P04 or @I01/)
    assert.deepEqual(select(all, ['features/2-pods'], undefined, 'full').paths, ['features/2-pods'])
    assert.match(select(all, [], '@rule-1', 'core').tags, /\(@rule-1\) and \(@core\)/)
  })

  it('refuses what does not exist, with the nearest name', () => {
    const refuses = (features: string[], tags: string | undefined, words: RegExp) =>
      assert.throws(() => select(all, features, tags, 'full'), { name: 'UsageError', message: words })
    refuses(['P99'], undefined, /no scenario P99/)
    refuses(['features/nowhere.feature'], undefined, /no feature or id/)
    refuses([], '@cor', /no tag @cor; did you mean @core\?/)
    refuses([], 'rule-1', /--tags takes an expression/)
  })
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { Diagnosis, diagnose, diagnosisSchema, EXIT_OF } from '../../cli/doctor/diagnosis.ts'
import { diagnosisLines } from '../../cli/doctor/lines.ts'
import { type Check, check, lacks, ok } from '../../cluster/doctor/check.ts'
import type { Examination } from '../../cluster/doctor/examine.ts'
import type { Foreseen } from '../../cluster/doctor/foresee.ts'
import { rightsOf } from '../../cluster/doctor/rights.ts'
import { answersForNobody } from '../../cluster/doctor/transparent-proxy.ts'
import { UsageError } from '../../contract/errors.ts'
import { needsOf } from '../../contract/row.ts'
import { no, yes } from '../../contract/topology.ts'
import { readSpecification } from '../../suite/features.ts'

const { rows } = readSpecification()
const made = (name: string, found: ReturnType<typeof ok>): Check => ({ name, ...found, ms: 1 })
const healthy = (): Record<string, Foreseen> => Object.fromEntries(needsOf(rows).map((need) => [need, yes]))
const seen = (more: Partial<Examination> = {}): Examination => ({
  source: 'ctx',
  checks: [made('API server', ok('there'))],
  foreseen: healthy(),
  missing: [],
  ...more,
})
const plain = (_: unknown, text: string) => text
const screen = (diagnosis: Diagnosis) => diagnosisLines(diagnosis, 'flatnet run', plain)

describe('a diagnosis', () => {
  it('of a cluster that has everything is ready, with exit code 0', () => {
    const diagnosis = diagnose(rows, [], seen())
    assert.deepEqual([diagnosis.result, diagnosis.notTested, EXIT_OF[diagnosis.result]], ['ready', [], 0])
    assert.match(
      screen(diagnosis).at(-2) ?? '',
      /^READY {3}(\d+) of \1 core and (\d+) of \2 extended promises can be tested$/,
    )
  })

  it('is still ready if only extended promises are lost, and says why', () => {
    const diagnosis = diagnose(rows, [], seen({ foreseen: { ...healthy(), dual: no('one family; try two') } }))
    assert.equal(diagnosis.result, 'ready')
    assert.deepEqual(diagnosis.notTested, [
      { because: 'one family; try two', core: [], extended: ['DS01', 'DS02', 'DS03', 'DS04'] },
    ])
    assert.ok(screen(diagnosis).some((line) => line.trim() === 'one family; try two'))
  })

  it('is partial, with exit code 3, if a core promise is lost', () => {
    const diagnosis = diagnose(rows, [], seen({ foreseen: { ...healthy(), servicecidr: no('no ranges') } }))
    assert.deepEqual([diagnosis.result, EXIT_OF[diagnosis.result]], ['partial', 3])
    assert.deepEqual(diagnosis.notTested[0]?.core, ['S05'])
  })

  it('loses nothing by a capability that only a run finds out', () => {
    const diagnosis = diagnose(rows, [], seen({ foreseen: { ...healthy(), dns: 'open' } }))
    assert.equal(diagnosis.result, 'ready')
    assert.deepEqual(
      diagnosis.open.map(({ capability }) => capability),
      ['dns'],
    )
    assert.ok(screen(diagnosis).some((line) => line.includes('Only a run finds out: dns')))
  })

  it('names each missing right with its verb, resource and namespace, and what is lost', () => {
    const missing = rightsOf('team').flatMap((right) =>
      right.verb === 'get' && right.resource === 'configmaps' && right.where === 'run'
        ? [{ ...right, namespace: 'team' }]
        : [],
    )
    const diagnosis = diagnose(rows, [], seen({ missing }))
    assert.deepEqual(diagnosis.missingRights, [
      { verb: 'get', resource: 'configmaps', where: 'run', namespace: 'team', loses: ['S22'] },
    ])
    assert.equal(diagnosis.result, 'partial')
    const text = screen(diagnosis).join('\n')
    assert.match(text, /namespace team: get configmaps\n +lost: S22\n/)
  })

  it('is unusable, with exit code 2, if a check says that no run is possible', () => {
    const diagnosis = diagnose(rows, [], seen({ checks: [made('nodes', lacks('no node fits', undefined, 'run'))] }))
    assert.deepEqual([diagnosis.result, EXIT_OF[diagnosis.result]], ['unusable', 2])
    assert.equal(screen(diagnosis).at(-1), 'NOT POSSIBLE')
  })

  it('fits into 80 columns, and its object keeps the schema', () => {
    const because = 'a reason that is very long, as those of an API are: '.repeat(4)
    const foreseen = Object.fromEntries(needsOf(rows).map((need) => [need, no(`${need} ${because}`)]))
    const missing = rightsOf('team').map((right) => ({ ...right, namespace: 'team' }))
    for (const more of [{ foreseen }, { missing }, { foreseen, missing }]) {
      const diagnosis = diagnose(rows, [made('Node', ok('24'))], seen(more))
      Diagnosis.parse(diagnosis)
      for (const line of screen(diagnosis)) assert.ok(line.length <= 80, line)
    }
  })
})

describe('a check', () => {
  it('that has no answer in time is unknown', async () => {
    const found = await check('slow', () => new Promise(() => {}), 30)
    assert.deepEqual([found.state, found.says], ['unknown', 'no answer within 0.03 s'])
  })
  it('that fails is unknown, with the reason', async () => {
    const found = await check('bad', () => Promise.reject(new Error('not there.\nmore')), 1_000)
    assert.deepEqual([found.state, found.says], ['unknown', 'not there'])
  })
  it('passes a mistake of the user on', () =>
    assert.rejects(
      check('usage', () => Promise.reject(new UsageError('no.')), 1_000),
      { name: 'UsageError' },
    ))
})

describe('a transparent proxy', () => {
  it('is a program that answers where no host is', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    assert.equal(await answersForNobody(['127.0.0.1'], port), `127.0.0.1:${port}`)
    await new Promise((resolve) => server.close(resolve))
    assert.equal(await answersForNobody(['127.0.0.1'], port), undefined)
  })
})

it('the schema of the diagnosis is the one that is published', () => {
  const published = readFileSync(new URL('../../docs/schemas/diagnosis.schema.json', import.meta.url), 'utf8')
  assert.deepEqual(JSON.parse(published), diagnosisSchema(), 'npm run schema writes it anew')
})

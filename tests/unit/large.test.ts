import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { writeAllure } from '../../reports/allure/results.ts'
import { writeReport } from '../../reports/report.ts'
import { cause, explained } from './hostile.ts'
import { model, result, row } from './results.ts'

const desk = mkdtempSync(join(tmpdir(), 'flatnet-large-'))
after(() => rmSync(desk, { recursive: true }))

const NODES = Array.from({ length: 1_000 }, (_, i) => `worker-${i}.cluster.example`)
const ROWS = 280
const MEGABYTE = 1024 * 1024

it('a run with a thousand nodes keeps every file bounded, even if everything is broken', () => {
  const paths = NODES.flatMap((node, i) =>
    [1, 2, 3, 4].map((step) => ({
      from: { kind: 'pod' as const, name: `ring-${i}`, node },
      to: { kind: 'pod' as const, name: `ring-${i + step}`, node: NODES[(i + step) % 1_000] ?? '' },
      ...({
        protocol: 'UDP',
        via: 'pod IP',
        effect: 'timeout',
        port: 7000,
        isNew: false,
        count: 2,
        against: 2,
      } as const),
    })),
  )
  const violation = { expected: 'every server answers', actual: 'timeout '.repeat(2_000), where: NODES.join(', ') }
  const results = Array.from({ length: ROWS }, (_, i) => {
    const broken = result(row(`P${i}`, 'core', i), 'failed', violation.actual + violation.where, violation)
    broken.evidence.quality.connectMs = Array(4_000).fill(1.5)
    return broken
  })
  const given = model(results)
  if (given.facts) given.facts.cluster = { source: 'current', tested: NODES, machines: NODES.map((node) => ({ node })) }
  for (const { evidence } of results) evidence.paths = paths
  const verdict = explained(given, [cause({ nodes: NODES, explains: results.map(({ id, row }) => ({ id, row })) })])
  writeReport(desk, given, verdict)
  writeAllure(desk, given, verdict)
  const files = readdirSync(desk, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  const large = files
    .map(({ parentPath, name }) => ({ name, bytes: statSync(join(parentPath, name)).size }))
    .filter(({ name, bytes }) => bytes > (name === 'report.yaml' ? 16 : name === 'index.html' ? 5 : 8) * MEGABYTE)
  assert.deepEqual(large, [])
  const total = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
  assert.ok(total < 120 * MEGABYTE, `${Math.round(total / MEGABYTE)} MiB`)
})

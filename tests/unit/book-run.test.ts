import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bookOf } from '../../book/index.ts'
import type { Row } from '../../contract/row.ts'
import type { Model, Result } from '../../reports/model.ts'
import { readSpecification } from '../../suite/features.ts'
import { result } from './results.ts'

const specification = readSpecification()
const HOSTILE = '</details><script>alert(1)</script>"\'\u202e'

const rowOf = (id: string, example: string): Row => {
  const found = specification.rows.find((row) => row.id === id && row.row === example)
  assert.ok(found, `${id} ${example}`)
  return found
}
const at = (place: string) => {
  const [ip, port] = place.split(':')
  return { ip, port: Number(port) }
}
/** A conversation, by what the client says and what the server saw. */
const flow = (local: string, remote: string, peer: string, own: string, node: string) => ({
  dial: { protocol: 'TCP' },
  client: { local: at(local), remote: at(remote) },
  server: { peer: at(peer), local: at(own), identity: { pod: `server-${node}`, node } },
})
const withFlows = (of: Result, ...flows: object[]): Result => ({ ...of, evidence: { ...of.evidence, flows } })

/** A run with these results. */
const runWith = (results: Result[], observations: object[] = [], cluster: object = {}): Model =>
  ({
    results,
    observations,
    facts: {
      ...{ run: 'abc', flatnetVersion: '0', startedAt: '2026-01-02T03:04:05Z', capabilities: {} },
      cluster: { source: 'fake', podCIDRs: ['10.1.1.0/24', '10.1.2.0/24'], ...cluster },
      specification: specification.rows,
      planned: results.map(({ uri, line }) => `${uri}:${line}`),
    },
    end: { seconds: 1, apiRequests: 3 },
  }) as unknown as Model

const page = (model: Model, name: string): string => bookOf(specification, { model }).get(name) ?? ''
const seenFrom = (node: string, ip: string) => ({
  id: 'E02',
  name: 'source address seen',
  value: { from: node, ip, is: `the address of ${node}` },
})

describe('the book of a run', () => {
  const model = runWith(
    [
      withFlows(
        result(rowOf('P02', 'TCP'), 'passed'),
        flow('10.1.1.7:40000', '10.1.2.9:7000', '10.1.1.7:40000', '10.1.2.9:7000', 'beta'),
        flow('10.1.2.8:40000', '10.1.1.6:7000', '10.1.2.8:40000', '10.1.1.6:7000', 'alpha'),
      ),
      withFlows(
        result(rowOf('S01', 'TCP'), 'passed'),
        flow('10.1.1.7:40001', '10.9.0.5:80', '10.1.1.7:40001', '10.1.2.9:7000', 'beta'),
      ),
      withFlows(
        result(rowOf('E10', 'TCP'), 'passed'),
        flow('10.1.1.7:40002', '203.0.113.9:443', '198.51.100.9:5555', '203.0.113.9:443', 'outside'),
      ),
      result(rowOf('P04', 'another node, UDP'), 'failed', `seen: ${HOSTILE}`),
    ],
    [seenFrom('alpha', '192.0.2.1'), seenFrom('beta', '192.0.2.2')],
  )

  it('has the result of each promise as a badge, and the figures', () => {
    const rule = page(model, 'rule-1.html')
    assert.match(rule, /id="P02"[\s\S]{0,400}class="badge passed">kept, 1 of 3 rows</)
    assert.match(rule, /id="P04"[\s\S]{0,400}class="badge failed">broken, 1 of 4 rows</)
    assert.match(rule, /<dt>conversations<\/dt><dd>1<\/dd>/)
    assert.match(page(model, 'rule-2.html'), /class="badge untested">not tested</)
    const start = page(model, 'index.html')
    assert.match(start, /Run abc of 2026-01-02/)
    assert.match(start, /badge failed">core: non-conformant/)
  })

  it('draws the ways with the addresses that were measured', () => {
    assert.match(page(model, 'rule-1.html'), /alpha · 192\.0\.2\.1 · pods 10\.1\.1\.0\/24/)
    assert.match(
      page(model, 'problem-3.html'),
      /replaces the destination <code>10\.9\.0\.5:80<\/code> with <code>10\.1\.2\.9:7000<\/code>/,
    )
    assert.match(
      page(model, 'problem-4-egress.html'),
      /alpha<\/strong> replaces the source <code>10\.1\.1\.7:40002<\/code> with <code>192\.0\.2\.1:5555<\/code>[\s\S]*gateway<\/strong> replaces the source <code>192\.0\.2\.1<\/code> with <code>198\.51\.100\.9<\/code>/,
    )
  })

  it('says which figures are only an example', () => {
    assert.match(page(model, 'rule-1.html'), /The addresses are those that this run has measured/)
    assert.match(page(model, 'problem-4.html'), /The addresses are an example/)
    assert.match(page(runWith([]), 'rule-1.html'), /The addresses are an example/)
  })

  it('is not harmed by hostile words of a cluster', () => {
    const hostile = runWith(
      [
        withFlows(
          result({ ...rowOf('P02', 'TCP') }, 'failed', HOSTILE),
          flow('10.1.1.7:1', `${HOSTILE}:2`, '10.1.1.7:1', '10.1.2.9:2', HOSTILE),
        ),
        { ...result(rowOf('P03', ''), 'passed'), tables: [HOSTILE] },
      ],
      [{ id: 'P02', name: HOSTILE, value: { [HOSTILE]: HOSTILE } }],
      { source: HOSTILE, cni: HOSTILE.repeat(500), podCIDRs: [HOSTILE], tested: [HOSTILE] },
    )
    for (const [name, text] of bookOf(specification, { model: hostile })) {
      if (!name.endsWith('.html')) continue
      assert.doesNotMatch(text, /<script>|alert\(1\)<\/script|\u202e/, name)
      assert.equal(text.match(/<details/g)?.length, text.match(/<\/details>/g)?.length, name)
    }
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Topology } from '../../contract/topology.ts'
import { takePorts } from '../../fixtures/scenes/outside.ts'

const listening = (also: number[]) => ({ pods: [{ containers: [{ ports: { also } }] }] }) as unknown as Topology

describe('local ports that several pods use', () => {
  it('differ from scenario to scenario', () => {
    const first = takePorts(100, listening([]))
    const second = takePorts(100, listening([]))
    assert.ok(Math.abs(second - first) >= 100, `${first} ${second}`)
  })

  it('are none on which a pod listens, wherever in the range that is', () => {
    const also = [8_500, 8_711, 9_102, 9_700]
    for (let n = 0; n < 60; n++) {
      const first = takePorts(67, listening(also))
      assert.ok(first >= 8_500 && first + 66 <= 9_899, `${first}`)
      assert.deepEqual(
        also.filter((port) => port >= first && port < first + 67),
        [],
      )
    }
  })
})

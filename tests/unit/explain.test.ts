import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { explainLines } from '../../cli/commands/explain.ts'
import { COLUMNS } from '../../cli/terminal.ts'
import { readSpecification } from '../../suite/features.ts'

/** One scenario in five, and one whose description has a picture. */
const ids = [...new Set(readSpecification().rows.map(({ id }) => id))].filter((id, n) => n % 5 === 0 || id === 'E10')
const plain = (_: unknown, text: string) => text

describe('flatnet explain', () => {
  it('prints scenarios without Markdown, and breaks lines where a terminal ends', () => {
    assert.ok(ids.length > 20)
    for (const id of ids) {
      const lines = explainLines(id.toLowerCase(), plain)
      assert.ok(
        lines.some((line) => line.startsWith(`${id}  `)),
        id,
      )
      for (const line of lines) {
        assert.doesNotMatch(line, /\]\(|```/, id)
        const isWhole = /^ {6}\||^ {4}(@|Examples)|^\S+$/.test(line)
        assert.ok(isWhole || line.length <= COLUMNS, `${id}: ${line}`)
      }
    }
  })

  it('names a scenario that is near', () => {
    assert.throws(() => explainLines('P99', plain), /there is no scenario P99/)
  })
})

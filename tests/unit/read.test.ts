import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { UsageError } from '../../contract/errors.ts'
import { MEDIA } from '../../contract/media.ts'
import { readRun } from '../../reports/read.ts'
import { E01, model, P01, P02 } from './results.ts'

const desk = mkdtempSync(join(tmpdir(), 'flatnet-read-'))
after(() => rmSync(desk, { recursive: true }))
let folders = 0
const folder = (text?: string): string => {
  folders += 1
  const path = join(desk, `run-${folders}`)
  mkdirSync(path)
  if (text !== undefined) writeFileSync(join(path, 'messages.ndjson'), text)
  return path
}
const attachment = (mediaType: string, body: object) =>
  `${JSON.stringify({ attachment: { mediaType, contentEncoding: 'IDENTITY', body: JSON.stringify(body) } })}\n`
const { facts, end } = model([])
const FACTS = attachment(MEDIA.facts, facts ?? {})
const END = attachment(MEDIA.end, end ?? {})

describe('the messages of a run', () => {
  it('are read again', async () => {
    const read = await readRun(folder(FACTS + END))
    assert.deepEqual(read.facts?.specification, [P01, P02, E01])
    assert.equal(read.end?.seconds, 1)
  })

  const refused: [string, string | undefined, RegExp][] = [
    ['that are not there', undefined, /has no messages\.ndjson; expected the --output folder of a flatnet run\.$/],
    ['of a run that was killed at once', '', /ends too early, it is empty; the run was killed/],
    ['cut in the middle of a line', FACTS + END.slice(0, 50), /ends too early, at line 2; the run was killed/],
    ['cut between two lines', FACTS, /ends too early, at line 1;/],
    ['with a line that is no JSON', `${FACTS}what\n${END}`, /messages\.ndjson, line 2 is not JSON\.$/],
    ['with a line that is no object', `${FACTS}7\n${END}`, /messages\.ndjson, line 2: expected a JSON object\.$/],
    ['of another program', '{"meta":{}}\n', /is not of a flatnet run: it has no facts about a run\.$/],
    [
      'of another version',
      `${attachment(MEDIA.facts, { run: 7 })}${END}`,
      /line 1 is not of this version of flatnet: run: /,
    ],
  ]
  for (const [name, text, message] of refused)
    it(`${name} are refused in a sentence`, () =>
      assert.rejects(
        readRun(folder(text)),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      ))

  it('are not looked for where there is no folder', () =>
    assert.rejects(readRun(join(desk, 'none')), /^UsageError: there is no folder /))
})

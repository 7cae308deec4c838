import type { Violation } from '../../contract/media.ts'
import type { Level, Row } from '../../contract/row.ts'
import type { Model, Result, RowStatus } from '../../reports/model.ts'

/** A row of a specification that is nowhere written. */
export const row = (id: string, level: Level, line: number, example = 'TCP'): Row => ({
  ...{ id, level, line, chapter: 'Rule 1', title: `the promise ${id}`, row: example, name: id, tags: [] },
  uri: 'a.feature',
})

/** What came of a row. */
export const result = (of: Row, status: RowStatus, because = '', violation?: Violation): Result => ({
  ...{ ...of, status, because, started: 1_767_323_045_000, duration: 12, steps: [], tables: [] },
  evidence: {
    ...(violation && { violation }),
    ...{ flows: [], flowsBroken: 0, flowsTotal: 1 },
    quality: { datagrams: 5, answers: 4, retransmitted: 0, aborted: 0, connectMs: [1, 2] },
    paths: [],
  },
})

export const [P01, P02, E01] = [row('P01', 'core', 1), row('P02', 'core', 2), row('E01', 'extended', 3)] as const

/** A run of these three rows, of which some have a result. */
export const model = (results: Result[], trouble?: string): Model =>
  ({
    results,
    observations: [],
    facts: {
      ...{ run: 'r', flatnetVersion: '0', startedAt: '2026-01-02T03:04:05Z', cluster: { source: 'fake' } },
      capabilities: { multi: { has: true }, dns: { has: false, because: 'none' } },
      specification: [P01, P02, E01],
    },
    end: { seconds: 1, apiRequests: 3, ...(trouble && { trouble }) },
  }) as unknown as Model

const seconds = ({ seconds, nanos }) => seconds + nanos / 1e9

/**
 * The costs of a run by its messages (messages.ndjson): how long the rows of each scenario took, the dearest first, and all
 * rows together. Skipped rows cost nothing and are left out.
 */
export function costs(messages) {
  const pickles = new Map()
  const cases = new Map()
  const begun = new Map()
  const took = new Map()
  const skipped = new Set()
  const failed = new Set()
  for (const line of messages.split('\n').filter(Boolean)) {
    const { pickle, testCase, testCaseStarted: start, testStepFinished: step, testCaseFinished: end } = JSON.parse(line)
    if (pickle) pickles.set(pickle.id, pickle)
    if (testCase) cases.set(testCase.id, testCase.pickleId)
    if (start) begun.set(start.id, { at: seconds(start.timestamp), pickle: pickles.get(cases.get(start.testCaseId)) })
    if (step?.testStepResult.status === 'SKIPPED') skipped.add(step.testCaseStartedId)
    // The steps after a failed one are skipped too.
    if (step?.testStepResult.status === 'FAILED') failed.add(step.testCaseStartedId)
    if (end) took.set(end.testCaseStartedId, seconds(end.timestamp))
  }
  const rows = [...took]
    .filter(([id]) => !skipped.has(id) || failed.has(id))
    .map(([id, at]) => {
      const { at: from, pickle } = begun.get(id)
      const tag = pickle.tags.find(({ name }) => /^@[A-Z]{1,2}\d\d$/.test(name))
      return { id: tag?.name.slice(1) ?? 'none', seconds: at - from }
    })
  const scenarios = [...Map.groupBy(rows, ({ id }) => id)].map(([id, all]) => ({
    id,
    rows: all.length,
    seconds: sum(all),
    longest: Math.max(...all.map((row) => row.seconds)),
  }))
  return { scenarios: scenarios.sort((a, b) => b.seconds - a.seconds), rows: rows.length, busy: sum(rows) }
}

const sum = (rows) => rows.reduce((total, row) => total + row.seconds, 0)

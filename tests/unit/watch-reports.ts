import type { WatchReport } from '../../watch/schema.ts'

const dark = (from: number, to: number) => [{ from, to }]

/** The report of a watch on three nodes: a healthy one, or one in which node-2 was cut off and node-3 restarted. */
export function watchReport({ isBroken }: { isBroken: boolean }): WatchReport {
  const nodes = ['node-1', 'node-2', 'node-3'].map((node) => ({
    ...{ node, observedMs: 120_000, absentMs: 0, noCpuMs: 0, absent: [], noCpu: [], starts: 1 },
  }))
  const healthy: WatchReport = {
    apiVersion: 'flatnet/v1',
    kind: 'WatchReport',
    flatnetVersion: '0.1.0',
    run: 'abcde',
    result: 'kept',
    because: [],
    startedAt: '2026-01-01T12:00:00.000Z',
    seconds: 120,
    cluster: { source: 'current context', service: '10.96.0.7', dns: '10.96.0.10' },
    everyMs: 100,
    budgetMs: 1_000,
    clockErrorMs: 2,
    longestMs: 0,
    conversations: { asked: 40_000, answered: 40_000, slowestMs: 12 },
    nodes,
    directions: [],
    quietDirections: 12,
    paths: [],
    happenings: [],
  }
  if (!isBroken) return healthy
  return {
    ...healthy,
    result: 'broken',
    because: ['a path was dark for 2.7 s, longer than --budget 1 s'],
    longestMs: 2_700,
    conversations: { asked: 40_000, answered: 39_800, slowestMs: 890 },
    command: { words: ['kubectl', 'drain', 'node-3'], from: 1_000, to: 30_000, exitCode: 0 },
    nodes: nodes.map((each) => ({
      ...each,
      ...(each.node === 'node-3' && { absentMs: 12_000, absent: dark(60_000, 72_000), starts: 2 }),
      ...(each.node === 'node-1' && { noCpuMs: 300, noCpu: dark(10_000, 10_300) }),
    })),
    directions: [
      {
        ...{
          from: 'node-2',
          to: 'its peers',
          losses: 0,
          detail: 'no answer to the SYN',
          longestMs: 2_700,
          sumMs: 4_200,
        },
        counts: { establishedDied: 1, keptUnanswered: 72, newTimedOut: 61 },
        kinds: [
          { kind: 'TCP kept', longestMs: 2_100, sumMs: 2_100, dark: dark(20_000, 22_100) },
          { kind: 'TCP new', longestMs: 2_700, sumMs: 2_700, dark: dark(20_000, 22_700) },
        ],
      },
      {
        ...{ from: 'a-node-with-a-very-long-name.example', to: 'its peers', losses: 0, longestMs: 500, sumMs: 500 },
        counts: { newRefused: 5 },
        kinds: [{ kind: 'TCP new', longestMs: 500, sumMs: 500, dark: dark(90_000, 90_500) }],
      },
      {
        ...{ from: 'node-1', to: 'cluster DNS', losses: 3, longestMs: 0, sumMs: 0, counts: {}, kinds: [] },
      },
    ],
    quietDirections: 9,
    paths: [
      {
        ...{ from: 'node-2', to: 'node-1', kind: 'TCP new', asked: 1_200, answered: 1_170, slowestMs: 890, losses: 0 },
        ...{ counts: { timeout: 30 }, dark: dark(20_000, 22_700) },
      },
    ],
    happenings: [
      { at: 1_200, says: 'node node-3 is cordoned', node: 'node-3' },
      { at: 72_000, says: 'the probe of node-3 started again', node: 'node-3' },
    ],
  }
}

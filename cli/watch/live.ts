import { nameOf } from '../../watch/directions.ts'
import type { WatchRecord } from '../../watch/record.ts'
import { longestOf } from '../../watch/spans.ts'
import { PLAIN_MS, type Progress } from '../progress.ts'
import { seconds } from '../terminal.ts'

const LIVE_MS = 1_000
const MOST_NAMES = 2

/** The state of a watch in one line. */
export function liveLine(record: WatchRecord, now = performance.now()): string {
  const dark = record.darkNow().sort((a, b) => (a.darkSince ?? 0) - (b.darkSince ?? 0))
  const names = [...new Set(dark.map(({ from, target }) => `${from} → ${nameOf(target)}`))]
  const worst = Math.max(0, ...record.paths.map((path) => longestOf(path.dark)))
  const since = dark[0]?.darkSince
  const words = [
    `${Math.round((now - record.whole.from) / 1000)} s`,
    `nodes: ${record.nodes.size}, paths: ${record.paths.length}`,
    since !== undefined &&
      `no answer for ${seconds(now - since)}: ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''}`,
    worst > 0 ? `longest darkness ${seconds(worst)}` : since === undefined && 'no darkness',
  ]
  return `  ..  ${words.filter(Boolean).join('   ')}`
}

/** Shows the state again and again until the result is disposed of. */
export function showLive(record: WatchRecord, progress: Progress): Disposable {
  const show = () => (progress.isLive ? progress.live(liveLine(record)) : progress.say(liveLine(record)))
  const timer = setInterval(show, progress.isLive ? LIVE_MS : PLAIN_MS)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

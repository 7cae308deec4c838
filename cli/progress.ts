import type { Tell } from '../contract/tell.ts'
import { visible, withoutCommands } from '../contract/visible.ts'
import { type Paint, painter, seconds, wrap } from './terminal.ts'

/** The interval in which a pipeline is told what is going on, in milliseconds. */
export const PLAIN_MS = 30_000

/** The progress on stderr: on a terminal one line that changes, otherwise a plain line for each event. */
export class Progress {
  readonly #stream = process.stderr
  readonly #paint: Paint = painter(process.stderr)
  /** Whether there is a line that can change. */
  readonly isLive = Boolean(process.stderr.isTTY) && process.env.CI === undefined && process.env.TERM !== 'dumb'
  #showing = false
  #saidAt = performance.now()

  /** Shows the current action. It appears only on a terminal, where the line can be erased. */
  live(text: string): void {
    if (!this.isLive) return
    this.#stream.write(`\r\x1b[2K${this.#paint('dim', visible(text).slice(0, (this.#stream.columns ?? 80) - 1))}`)
    this.#showing = true
  }

  /** Erases the live line. */
  clear(): void {
    if (this.#showing) this.#stream.write('\r\x1b[2K')
    this.#showing = false
  }

  /** Prints a line that stays. */
  say(line: string): void {
    this.clear()
    this.#saidAt = performance.now()
    this.#stream.write(`${withoutCommands(line)}\n`)
  }

  /** In a pipeline, says what is going on where nothing else was said for a while, until the result is disposed of. */
  beat(what: () => string): Disposable {
    const say = () => {
      if (!this.isLive && performance.now() - this.#saidAt >= PLAIN_MS) this.say(`  ..  ${what()}`)
    }
    const timer = setInterval(say, PLAIN_MS / 3)
    return { [Symbol.dispose]: () => clearInterval(timer) }
  }

  /** Runs an action of the set-up, and prints a line with its result and its duration when it has ended. */
  tell: Tell = async (what, action, result) => {
    const started = performance.now()
    this.live(`  ..  ${what}`)
    try {
      const value = await action()
      const took = seconds(performance.now() - started)
      const outcome = result?.(value) ?? ''
      const right = `${outcome}  ${took.padStart(7)}`.trimStart()
      const [first = '', ...more] = wrap(what, 78 - 8 - right.length)
      this.say(`  ${this.#paint('green', 'ok')}  ${first.padEnd(79 - 8 - right.length)} ${right}`)
      for (const line of more) this.say(`      ${line}`)
      return value
    } catch (error) {
      this.clear()
      throw error
    }
  }
}

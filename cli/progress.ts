import type { Tell } from '../contract/tell.ts'
import { type Paint, painter, seconds, wrap } from './terminal.ts'

/** stderr: one live line on a terminal, a plain line an event elsewhere. */
export class Progress {
  readonly #stream = process.stderr
  readonly #paint: Paint = painter(process.stderr)
  readonly #live = Boolean(process.stderr.isTTY) && process.env.CI === undefined && process.env.TERM !== 'dumb'
  #showing = false

  /** What is going on right now; shown only where a line can be taken back. */
  live(text: string): void {
    if (!this.#live) return
    this.#stream.write(`\r\x1b[2K${this.#paint('dim', text.slice(0, (this.#stream.columns ?? 80) - 1))}`)
    this.#showing = true
  }

  /** Takes the live line back. */
  clear(): void {
    if (this.#showing) this.#stream.write('\r\x1b[2K')
    this.#showing = false
  }

  say(line: string): void {
    this.clear()
    this.#stream.write(`${line}\n`)
  }

  /** An action of the set-up: a line when it has ended, with what it gave and how long it took. */
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

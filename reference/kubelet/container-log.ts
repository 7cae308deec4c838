import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'

interface Line {
  readonly time: string
  readonly text: string
}

/** The output of one run of a container, line by line. */
export class ContainerLog {
  readonly #lines: Line[] = []
  readonly #unfinished = new Map<string, string>()
  readonly #news = new EventEmitter().setMaxListeners(0)
  #characters = 0
  #dropped = 0
  #ended = false

  /** Adds output of one of the container's streams. */
  write(stream: string, chunk: string): void {
    const lines = ((this.#unfinished.get(stream) ?? '') + chunk).split('\n')
    this.#unfinished.set(stream, lines.pop() ?? '')
    for (const text of lines) this.#add(text)
    this.#news.emit('news')
  }

  /** Ends the log: the container has ended. */
  end(): void {
    for (const text of this.#unfinished.values()) if (text) this.#add(text)
    this.#ended = true
    this.#news.emit('news')
  }

  /** The last lines, for a termination message. */
  tail(count: number): string {
    return this.#lines
      .slice(-count)
      .map(({ text }) => `${text}\n`)
      .join('')
  }

  /** Reads the log from its start or its last lines. With `follow`, the stream goes on until the container ends. */
  read(options: { follow: boolean; tailLines?: number; timestamps: boolean }, signal: AbortSignal): Readable {
    return Readable.from(this.#chunks(options, signal), { objectMode: false })
  }

  async *#chunks(
    { follow, tailLines, timestamps }: { follow: boolean; tailLines?: number; timestamps: boolean },
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    let next = this.#dropped + Math.max(0, this.#lines.length - (tailLines ?? this.#lines.length))
    for (;;) {
      const last = signal.aborted || this.#ended || !follow
      const lines = this.#lines.slice(Math.max(0, next - this.#dropped))
      next = this.#dropped + this.#lines.length
      const chunk = lines.map(({ time, text }) => (timestamps ? `${time} ${text}\n` : `${text}\n`)).join('')
      if (chunk) yield chunk
      if (last) return
      if (!this.#ended && next === this.#dropped + this.#lines.length)
        await once(this.#news, 'news', { signal }).catch(() => {})
    }
  }

  #add(text: string): void {
    this.#lines.push({ time: new Date().toISOString().replace('Z', '000000Z'), text })
    this.#characters += text.length
    // A real node rotates a log of this size.
    while (this.#characters > 10_000_000) {
      this.#characters -= this.#lines.shift()?.text.length ?? 0
      this.#dropped++
    }
  }
}

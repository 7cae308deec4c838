import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'

interface Line {
  readonly time: string
  readonly text: string
}

/** What one run of a container writes, line by line. */
export class ContainerLog {
  readonly #lines: Line[] = []
  readonly #unfinished = new Map<string, string>()
  readonly #news = new EventEmitter().setMaxListeners(0)
  #characters = 0
  #forgotten = 0
  #ended = false

  /** Takes what came from one of the container's streams. */
  write(stream: string, chunk: string): void {
    const lines = ((this.#unfinished.get(stream) ?? '') + chunk).split('\n')
    this.#unfinished.set(stream, lines.pop() ?? '')
    for (const text of lines) this.#add(text)
    this.#news.emit('news')
  }

  /** The container has ended. */
  end(): void {
    for (const text of this.#unfinished.values()) if (text) this.#add(text)
    this.#ended = true
    this.#news.emit('news')
  }

  /** The last lines, as a termination message falls back to them. */
  tail(count: number): string {
    return this.#lines
      .slice(-count)
      .map(({ text }) => `${text}\n`)
      .join('')
  }

  /** Reads from the start or the last lines, and with `follow` on to the end. */
  read(options: { follow: boolean; tailLines?: number; timestamps: boolean }, signal: AbortSignal): Readable {
    return Readable.from(this.#chunks(options, signal), { objectMode: false })
  }

  async *#chunks(
    { follow, tailLines, timestamps }: { follow: boolean; tailLines?: number; timestamps: boolean },
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    let next = this.#forgotten + Math.max(0, this.#lines.length - (tailLines ?? this.#lines.length))
    for (;;) {
      const last = signal.aborted || this.#ended || !follow
      const lines = this.#lines.slice(Math.max(0, next - this.#forgotten))
      next = this.#forgotten + this.#lines.length
      const chunk = lines.map(({ time, text }) => (timestamps ? `${time} ${text}\n` : `${text}\n`)).join('')
      if (chunk) yield chunk
      if (last) return
      if (!this.#ended && next === this.#forgotten + this.#lines.length)
        await once(this.#news, 'news', { signal }).catch(() => {})
    }
  }

  #add(text: string): void {
    this.#lines.push({ time: new Date().toISOString().replace('Z', '000000Z'), text })
    this.#characters += text.length
    // As much as a real node keeps of one run before it rotates.
    while (this.#characters > 10_000_000) {
      this.#characters -= this.#lines.shift()?.text.length ?? 0
      this.#forgotten++
    }
  }
}

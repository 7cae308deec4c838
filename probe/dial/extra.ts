import { digestOf } from '../payload.ts'
import type { Outcome } from '../protocol.ts'

/** The small datagrams that follow answers which are themselves larger than the size that was asked for. */
export class ExtraDatagrams {
  #size: number | undefined
  readonly #announced = new Set<string>()
  readonly #arrived = new Set<string>()

  /** An answer says that a datagram of this size and digest follows. */
  announce(size: number, digest: string): void {
    this.#size = size
    this.#announced.add(digest)
  }

  /** Takes a datagram that has this size. Any other one is no part of an answer. */
  take(datagram: Buffer): boolean {
    if (datagram.length !== this.#size) return false
    this.#arrived.add(digestOf(datagram))
    return true
  }

  /** Whether an answer has said that such a datagram follows, and none has arrived. */
  get missing(): boolean {
    return this.#size !== undefined && this.#arrived.size === 0
  }

  /** What is lost, for a sentence. */
  get lost(): string {
    return `the datagram of ${this.#size} bytes that followed the answer was lost`
  }

  /** The digest of a datagram that was sent, and of one that arrived: the same one, if any arrived as it was sent. */
  get digest(): Outcome['digest'] {
    const [first] = this.#arrived
    if (first === undefined) return undefined
    const intact = [...this.#arrived].find((each) => this.#announced.has(each))
    return { sent: intact ?? [...this.#announced].join(' '), received: intact ?? first }
  }
}

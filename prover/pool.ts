import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ownIdentity } from '../cluster/site/owner.ts'
import type { ClusterFacts } from '../contract/cluster.ts'
import { Trouble, UsageError } from '../contract/errors.ts'
import { newRunId } from '../contract/labels.ts'
import type { Settings } from '../contract/settings.ts'
import { mendAfter } from './injection-records.ts'
import type { Answer, Job, Opened, Word } from './protocol.ts'

/** This folder's worker, as it was compiled or as a source. */
const program = () => {
  const path = (ending: string) => fileURLToPath(new URL(`./worker.${ending}`, import.meta.url))
  return existsSync(path('js')) ? path('js') : path('ts')
}

/** A worker process, asked one thing at a time. */
export class Worker {
  readonly #run = newRunId()
  readonly #child: ChildProcess
  readonly #onLine: (line: string) => void
  #open: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined
  #gone: string | undefined
  #ending: Promise<string[]> | undefined

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
    this.#child = fork(program(), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child.on('message', (word: Word) => this.#hear(word))
    this.#child.on('exit', (code, signal) => {
      this.#gone = `the prover’s worker ended (${signal ?? code})`
      this.#open?.reject(new Trouble(this.#gone))
      this.#open = undefined
    })
  }

  get alive(): boolean {
    return this.#gone === undefined
  }

  /** Opens a cluster of its own to break, or the one that the settings name. */
  async open(settings: Settings, known: Partial<ClusterFacts>): Promise<Opened> {
    const job: Job = { do: 'open', run: this.#run, settings, owner: ownIdentity(), known }
    const { opened } = await this.ask(job)
    if (!opened) throw new Trouble('no cluster was opened')
    return opened
  }

  /** @throws Trouble with what the worker says, or when it is gone. */
  ask(job: Job): Promise<Answer> {
    if (this.#gone !== undefined) return Promise.reject(new Trouble(this.#gone))
    return new Promise((resolve, reject) => {
      this.#open = { resolve, reject }
      this.#child.send(job)
    })
  }

  #hear(word: Word): void {
    if ('line' in word) {
      this.#onLine(word.line)
      return
    }
    const open = this.#open
    this.#open = undefined
    if ('answer' in word) open?.resolve(word.answer)
    else open?.reject(word.usage ? new UsageError(word.failure) : new Trouble(word.failure))
  }

  /** Takes out what is in and undoes what was made; gives what could not be. */
  end(): Promise<string[]> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #end(): Promise<string[]> {
    // One that was killed could undo nothing.
    if (!this.alive) return mendAfter(this.#run)
    const gone = new Promise<void>((resolve) => this.#child.on('exit', () => resolve()))
    // Something may be under way: the worker is let go, and undoes everything by itself.
    if (this.#open) {
      this.#child.disconnect()
      await gone
      return []
    }
    const { left = [] } = await this.ask({ do: 'end' }).catch(
      (error: Error): Answer => ({ left: [error.message], seconds: 0 }),
    )
    if (this.#child.connected) this.#child.disconnect()
    await gone
    return left
  }
}

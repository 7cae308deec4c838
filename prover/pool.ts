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

/** Path of the worker's program in this folder: the compiled file, or the source. */
const program = () => {
  const path = (ending: string) => fileURLToPath(new URL(`./worker.${ending}`, import.meta.url))
  return existsSync(path('js')) ? path('js') : path('ts')
}

/** A worker process. It does one job at a time. */
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
      this.#gone = `a prover worker ended (${signal ?? code})`
      this.#open?.reject(new Trouble(this.#gone))
      this.#open = undefined
    })
  }

  get alive(): boolean {
    return this.#gone === undefined
  }

  /** Opens the worker's cluster: a new one, or the one that the settings name. `needs`: the capabilities that its rows need. */
  async open(settings: Settings, known: Partial<ClusterFacts>, needs: string[]): Promise<Opened> {
    const job: Job = { do: 'open', run: this.#run, settings, owner: ownIdentity(), known, needs }
    const { opened } = await this.ask(job)
    if (!opened) throw new Trouble('no cluster was opened')
    return opened
  }

  /** Sends a job and waits for its answer. @throws Trouble with the worker's error, or if the worker has ended. */
  ask(job: Job): Promise<Answer> {
    if (this.#gone !== undefined) return Promise.reject(new Trouble(this.#gone))
    return new Promise((resolve, reject) => {
      this.#open = { resolve, reject }
      // A worker that has gone is heard by 'exit', which rejects.
      this.#child.send(job, () => {})
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

  /** Removes the fault and everything that the worker created. Gives a sentence for each thing that is left. */
  end(): Promise<string[]> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #end(): Promise<string[]> {
    // A killed worker could not undo anything itself.
    if (!this.alive) return mendAfter(this.#run)
    const gone = new Promise<void>((resolve) => this.#child.on('exit', () => resolve()))
    // If a job is running, only disconnect: the worker then undoes everything and ends.
    if (this.#open) {
      if (this.#child.connected) this.#child.disconnect()
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

import { relative } from 'node:path'

const MOST = 8

/** Counts the tests of all groups, and notes the files that took longest. */
export class Tally {
  #passed = 0
  #failed = 0
  #skipped = 0
  #files = []
  #broken = []

  /** An event of node's test runner. A summary is of one file, or of all files of a group. */
  add({ type, data }) {
    // A test that failed only because of tests inside it is not named.
    if (type === 'test:fail' && data.details.error.failureType !== 'subtestsFailed') this.#broken.push(data)
    if (type !== 'test:summary') return
    if (data.file !== undefined) {
      this.#files.push(data)
      return
    }
    const { passed, failed, cancelled, skipped } = data.counts
    this.#passed += passed
    this.#failed += failed + cancelled
    this.#skipped += skipped
  }

  /** Whether tests ran, and none failed. */
  get good() {
    return this.#failed === 0 && this.#passed + this.#skipped > 0
  }

  /** What stands at the end of the output: the slowest files, the failed tests, and one last line with the counts. */
  text() {
    const slowest = this.#files.sort((a, b) => b.duration_ms - a.duration_ms).slice(0, MOST)
    const lines = slowest.map(({ file, duration_ms }) => {
      const seconds = (duration_ms / 1000).toFixed(0).padStart(6)
      return `${seconds} s  ${relative(process.cwd(), file)}`
    })
    const broken = this.#broken.map(({ name, file, line }) => `  ${name}  ${relative(process.cwd(), file)}:${line}`)
    if (broken.length > 0) lines.push('', 'failed tests', ...broken)
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : ''
    return ['', 'slowest files', ...lines, '', `${this.#passed} passed, ${this.#failed} failed${skipped}`, ''].join(
      '\n',
    )
  }
}

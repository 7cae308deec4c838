import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, test } from 'node:test'
import { startReference } from '../../reference/index.ts'
import { apiResources, type Entry, transcript } from './transcript.ts'

interface Recording {
  readonly kubectl: string
  readonly entries: readonly Entry[]
  readonly resources: Readonly<Record<string, string>>
}

// What kind printed: FLATNET_TEST_KIND_KUBECONFIG names a kind cluster to ask instead, and to record anew once the file is gone.
const recording = path.join(import.meta.dirname, 'kubectl.recorded.json')
const kind = process.env.FLATNET_TEST_KIND_KUBECONFIG
const version = /v\d+\.\d+/.exec(spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).stdout ?? '')?.[0]
const namespace = `ref-acc-${process.pid}`

async function record(kubeconfig: string): Promise<Recording> {
  const [entries, resources] = await Promise.all([transcript(kubeconfig, namespace), apiResources(kubeconfig)])
  return { kubectl: version ?? '', entries, resources }
}

async function expected(): Promise<Recording | undefined> {
  const recorded = () => JSON.parse(readFileSync(recording, 'utf8')) as Recording
  if (!kind) return recorded().kubectl === version ? recorded() : undefined
  const live = await record(kind)
  if (!existsSync(recording)) writeFileSync(recording, `${JSON.stringify(live, null, 2)}\n`)
  return live
}

suite('kubectl', { skip: !version && 'kubectl is not installed' }, () => {
  test('prints on the reference cluster what it prints on kind', { timeout: 300_000 }, async (context) => {
    const cluster = await startReference()
    const folder = mkdtempSync(path.join(tmpdir(), 'flatnet-kubectl-'))
    context.after(() => {
      rmSync(folder, { recursive: true })
      return cluster.stop()
    })
    const kubeconfig = path.join(folder, 'kubeconfig')
    writeFileSync(kubeconfig, cluster.kubeconfig)
    const [found, wanted] = await Promise.all([record(kubeconfig), expected()])
    const exec = found.entries.find(({ command }) => command.startsWith('exec -i'))
    assert.equal(exec?.exitCode, 7)
    assert.ok(found.entries.some(({ command, output }) => command.startsWith('logs -f') && output.includes('3')))
    if (!wanted) return context.diagnostic(`not compared: this is kubectl ${version}`)
    for (const [index, entry] of found.entries.entries()) assert.deepEqual(entry, wanted.entries[index], entry.command)
    assert.equal(found.entries.length, wanted.entries.length)
    // kind has no Gateway API: there it is an add-on.
    const rows = Object.entries(found.resources).filter(([, row]) => !row.endsWith(' gateway-api'))
    for (const [name, row] of rows) assert.equal(row, wanted.resources[name])
  })
})

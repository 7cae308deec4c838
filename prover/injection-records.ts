import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { accessOf } from '../cluster/kube/access.ts'
import { openApi } from '../cluster/kube/api.ts'
import { isAlive } from '../cluster/site/owner.ts'
import { namespacesOf, removeNamespaces } from '../cluster/site/remove.ts'
import { readRecords, stateFolder } from '../cluster/sources/state.ts'
import type { ClusterFacts } from '../contract/cluster.ts'
import { type Repair, shell } from './injected-fault.ts'
import { remove, write } from './objects.ts'
import { mendScript } from './scripts.ts'

/** A cluster that outlives the prover which breaks it: who does, how its nodes are reached, what of its API must be put back. */
export interface InjectionRecord {
  owner: string
  facts: ClusterFacts
  objects: Repair[]
}

const folder = () => stateFolder('breaking')

/** Remembers on this machine what is about to be broken. */
export function writeInjectionRecord(run: string, record: InjectionRecord): void {
  mkdirSync(folder(), { recursive: true, mode: 0o700 })
  writeFileSync(join(folder(), `${run}.json`), JSON.stringify(record), { mode: 0o600 })
}

export const deleteInjectionRecord = (run: string): void => rmSync(join(folder(), `${run}.json`), { force: true })

function records(): { run: string; record: InjectionRecord }[] {
  if (!existsSync(folder())) return []
  return readdirSync(folder())
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      run: name.slice(0, -'.json'.length),
      record: JSON.parse(readFileSync(join(folder(), name), 'utf8')) as InjectionRecord,
    }))
}

/**
 * Mends the nodes and objects that provers broke which are dead (or, with `all`, any); says each thing that was mended.
 * @returns a sentence for each thing that could not be.
 */
export async function mendClusters(all: boolean, say: (line: string) => void): Promise<string[]> {
  const problems: string[] = []
  const known = records()
  const living = known.filter(({ record }) => isAlive(record.owner) === 'alive' && !all)
  for (const { run, record } of known.filter((each) => !living.includes(each))) {
    const failed = [...(await mendNodes(record.facts, say)), ...(await mendObjects(record, say))]
    problems.push(...failed)
    if (failed.length === 0) deleteInjectionRecord(run)
  }
  // A cluster of our own is looked at even where nothing remembers that it was broken.
  for (const { facts, kept } of readRecords()) {
    if (!kept || !facts || known.some(({ record }) => record.facts.kubeconfig === facts.kubeconfig)) continue
    problems.push(...(await mendNodes(facts, say)))
  }
  return problems
}

const ROUND_MS = 1_000
const GONE_MS = 60_000

/**
 * Undoes what a worker of this prover left that was killed: faults, patches, namespaces. A script that it had just begun
 * shows by the second round.
 * @returns a sentence for each thing that could not be undone.
 */
export async function mendAfter(run: string): Promise<string[]> {
  const found = records().find((each) => each.run === run)
  if (!found) return []
  const { facts } = found.record
  const silent = () => {}
  await mendNodes(facts, silent)
  await delay(ROUND_MS)
  const problems = [...(await mendNodes(facts, silent)), ...(await mendObjects(found.record, silent))]
  const left = await openApi(accessOf(facts))
    .then((api) => removeNamespaces(api, Object.values(namespacesOf(run, undefined)), GONE_MS))
    .catch((error: Error) => [error.message])
  if (problems.length === 0) deleteInjectionRecord(run)
  return [...problems, ...left.map((name) => `${name} is still there; flatnet clean tries again`)]
}

async function mendNodes(facts: ClusterFacts, say: (line: string) => void): Promise<string[]> {
  const nodes = await Promise.all(
    Object.keys(facts.nodeShell).map(async (node) => {
      const said = await shell(facts, node, mendScript(node)).catch((error: Error) => `failed: ${error.message}`)
      return said
        .split('\n')
        .filter(Boolean)
        .map((line) => ({ node, line }))
    }),
  )
  const all = nodes.flat()
  for (const { node, line } of all.filter((each) => each.line.startsWith('mended '))) {
    say(`took ${line.slice('mended '.length)} out on node ${node}`)
  }
  return all.filter(({ line }) => line.startsWith('failed')).map(({ node, line }) => `node ${node}: ${line}`)
}

async function mendObjects({ facts, objects }: InjectionRecord, say: (line: string) => void): Promise<string[]> {
  if (objects.length === 0) return []
  const api = await openApi(accessOf(facts))
  const problems: string[] = []
  for (const undo of objects) {
    const { path } = undo
    await ('back' in undo ? write(api, path, undo.back) : remove(api, path)).then(
      () => say(`put ${path} right`),
      (error: Error) => problems.push(`${path}: ${error.message}`),
    )
  }
  return problems
}

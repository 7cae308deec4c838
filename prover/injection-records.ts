import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { onNode } from '../cluster/commands.ts'
import { accessOf } from '../cluster/kube/access.ts'
import { openApi } from '../cluster/kube/api.ts'
import { withGateway } from '../cluster/outside/gateway.ts'
import { isGone } from '../cluster/site/owner.ts'
import { namespacesOf, removeNamespaces } from '../cluster/site/remove.ts'
import { isOfDeleted, readRecords, stateFolder } from '../cluster/sources/state.ts'
import type { ClusterFacts } from '../contract/cluster.ts'
import type { Repair } from './injected-fault.ts'
import { remove, write } from './objects.ts'
import { mendScript } from './scripts.ts'

/**
 * The record of faults in a cluster that outlives the prover: the prover's identity (`owner`), how to reach the cluster and
 * its nodes, and the changes to its API that must be reverted.
 */
export interface InjectionRecord {
  owner: string
  facts: ClusterFacts
  objects: Repair[]
}

const folder = () => stateFolder('breaking')

/** Writes the record to this machine. The prover calls it before it injects a fault. */
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
 * Removes the faults that dead provers (or, with `all`, any prover) left on nodes and in the API. `say` gets a line for each.
 * @returns a sentence for each fault that could not be removed.
 */
export async function mendClusters(all: boolean, say: (line: string) => void): Promise<string[]> {
  const problems: string[] = []
  const known = records()
  const living = known.filter(({ record }) => !isGone(record.owner) && !all)
  for (const { run, record } of known.filter((each) => !living.includes(each))) {
    // With a cluster that flatnet deleted, its faults are gone too.
    const isOver = isOfDeleted(record.facts.kubeconfig ?? '')
    const failed = isOver ? [] : [...(await mendNodes(record.facts, say)), ...(await mendObjects(record, say))]
    problems.push(...failed)
    if (failed.length === 0) deleteInjectionRecord(run)
  }
  // Also check the standing clusters that flatnet created, because the record itself may be lost.
  for (const { facts, kept } of readRecords()) {
    if (!kept || !facts || known.some(({ record }) => record.facts.kubeconfig === facts.kubeconfig)) continue
    problems.push(...(await mendNodes(facts, say)))
  }
  return problems
}

const ROUND_MS = 1_000
const GONE_MS = 60_000

/**
 * Undoes what a killed worker of this prover left: faults, changes to the API, namespaces. It checks the nodes twice, because
 * a script that the worker had just started may still write its undo script.
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
  return [...problems, ...left.map((name) => `${name} still exists; flatnet clean tries again`)]
}

async function mendNodes(cluster: ClusterFacts, say: (line: string) => void): Promise<string[]> {
  const facts = withGateway(cluster)
  const nodes = await Promise.all(
    Object.keys(facts.nodeShell).map(async (node) => {
      const said = await onNode(facts, node, mendScript(node)).catch((error: Error) => `failed: ${error.message}`)
      return said
        .split('\n')
        .filter(Boolean)
        .map((line) => ({ node, line }))
    }),
  )
  const all = nodes.flat()
  for (const { node, line } of all.filter((each) => each.line.startsWith('mended '))) {
    say(`removed fault ${line.slice('mended '.length)} from node ${node}`)
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
      () => say(`reverted the change to ${path}`),
      (error: Error) => problems.push(`${path}: ${error.message}`),
    )
  }
  return problems
}

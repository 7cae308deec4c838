import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { UsageError } from './errors.ts'
import type { Expected } from './expected.ts'
import { packageRoot } from './files.ts'
import { didYouMean } from './nearest.ts'
import type { Row } from './row.ts'
import type { Topology } from './topology.ts'

const text = z.string().min(1, 'expected a text')
const Entry = z.strictObject({
  id: text,
  row: text.optional(),
  reason: text,
  /** Only if the run has installed this Ingress controller. */
  controller: z.literal('traefik').optional(),
  /** Only on clusters with this network plug-in, as the report names it. */
  network: text.optional(),
  /** Only where kube-proxy runs (true), or only where it does not (false). */
  kubeProxy: z.boolean().optional(),
  /** Whether the row may pass as well, so that a pass does not make the entry stale. */
  mayPass: z.literal(true).optional(),
})

/** The conditions under which an entry holds. */
const CONDITIONS = ['controller', 'network', 'kubeProxy'] as const

const Baseline = z.strictObject({
  apiVersion: z.literal('flatnet/v1', { error: 'expected apiVersion: flatnet/v1' }),
  kind: z.literal('Baseline', { error: 'expected kind: Baseline' }),
  expectedFailures: z.array(Entry),
})

/** An entry of a file, and the condition under which it holds. */
export type BaselineEntry = Expected & Pick<z.infer<typeof Entry>, (typeof CONDITIONS)[number]>

/** The baselines that belong to the package: for the controller that flatnet installs, and for networks that are known. */
const SHIPPED = ['traefik.yaml', 'cilium.yaml'].map((name) => join('baselines', name))

/**
 * The entries of the baseline of the package and of the user's file.
 * @throws UsageError with the file and the first mistake in it: no such scenario, no such row, a missing reason.
 */
export function readBaselines(file: string | undefined, rows: readonly Row[]): BaselineEntry[] {
  const own = file === undefined ? [] : readBaseline(file)
  for (const entry of own) check(entry, rows)
  return [...shippedBaseline(), ...own]
}

/** The entries of the baselines of the package. */
export const shippedBaseline = (): BaselineEntry[] =>
  SHIPPED.flatMap((path) => readBaseline(join(packageRoot(), path)).map((entry) => ({ ...entry, from: path })))

function readBaseline(file: string): BaselineEntry[] {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`)
  }
  const document = parseDocument(source)
  if (document.errors[0]) throw new UsageError(`${file} is not YAML (${document.errors[0].code}).`)
  const { data, error } = Baseline.safeParse(document.toJS())
  if (!data) {
    const [issue] = error.issues
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
    throw new UsageError(`${file} is not a baseline: ${where}${issue?.message}.`)
  }
  const from = relative(process.cwd(), file) || file
  return data.expectedFailures.map((entry) => ({ ...entry, from }))
}

/** @throws UsageError if there is no such scenario or row. */
export function check({ id, row, from }: BaselineEntry, rows: readonly Row[]): void {
  const ids = [...new Set(rows.map((each) => each.id))]
  if (!ids.includes(id)) throw new UsageError(`${from}: there is no scenario ${id}${didYouMean(id, ids) || '.'}`)
  const own = rows.filter((each) => each.id === id).map((each) => each.row)
  if (row !== undefined && !own.includes(row))
    throw new UsageError(`${from}: ${id} has no row ${JSON.stringify(row)}${didYouMean(row, own) || '.'}`)
}

/** The entries that hold for this cluster. */
export function expectedHere(
  entries: readonly BaselineEntry[],
  { ingress, cni, proxyMode = 'unknown' }: Pick<Topology, 'ingress' | 'cni' | 'proxyMode'>,
): Expected[] {
  const here = { controller: ingress?.installed, network: cni, kubeProxy: proxyMode !== 'unknown' }
  return entries
    .filter((entry) => CONDITIONS.every((name) => entry[name] === undefined || entry[name] === here[name]))
    .map(({ controller: _, network: __, kubeProxy: ___, ...entry }) => entry)
}

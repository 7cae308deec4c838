import { deleteKind, kindCluster } from '../../cluster/sources/kind.ts'
import { endReference, standingReference } from '../../cluster/sources/reference.ts'
import { type ClusterRecord, readRecords } from '../../cluster/sources/state.ts'
import { UsageError } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import { didYouMean } from '../../contract/nearest.ts'
import type { Settings } from '../../contract/settings.ts'
import { Progress } from '../progress.ts'
import { readSettings } from '../settings.ts'
import { onSignals } from '../signals.ts'

const full = (name: string) => (name === 'flatnet' || name.startsWith('flatnet-') ? name : `flatnet-${name}`)

/** `flatnet cluster up`: creates a standing cluster. stdout is the path of its kubeconfig. */
export async function up({ name = 'flatnet', cluster = 'kind', ...flags }: Record<string, string>): Promise<number> {
  const settings = readSettings({ ...flags, cluster }, [])
  const wanted = full(name)
  if (settings.cluster === 'current')
    throw new UsageError('--cluster takes kind or reference here: flatnet creates no other cluster.')
  if (readRecords().some((record) => record.name === wanted)) {
    throw new UsageError(`cluster ${wanted} exists already; flatnet cluster down ${wanted} deletes it.`)
  }
  const progress = new Progress()
  const kubeconfig =
    settings.cluster === 'kind'
      ? await upKind(settings, wanted, progress)
      : (await standingReference(settings, wanted, progress.tell)).kubeconfig
  process.stdout.write(`${kubeconfig}\n`)
  progress.say(`test it: flatnet run --kubeconfig ${kubeconfig}`)
  return EXIT.ok
}

async function upKind(settings: Settings, name: string, progress: Progress): Promise<string> {
  const aborter = new AbortController()
  const made = kindCluster(settings, { name, kept: true, signal: aborter.signal }, progress.tell)
  const release = onSignals(async () => {
    aborter.abort()
    await made.close()
  })
  try {
    return (await made.facts).kubeconfig ?? ''
  } catch (error) {
    await made.close()
    throw error
  } finally {
    release()
  }
}

/** Deletes a cluster that flatnet created, of either source. */
export const deleteCluster = (record: ClusterRecord): Promise<void> =>
  record.source === 'kind' ? deleteKind(record.name) : endReference(record)

/** `flatnet cluster down`: deletes a cluster that flatnet created, and no other. */
export async function down(name: string): Promise<number> {
  const records = readRecords()
  const record = records.find((each) => each.name === full(name))
  if (!record) {
    const names = records.map((each) => each.name)
    throw new UsageError(
      `flatnet created no cluster ${name}; it created ${names.join(', ') || 'none'}${didYouMean(name, names)}`,
    )
  }
  await new Progress().tell(`delete cluster ${record.name}`, () => deleteCluster(record))
  return EXIT.ok
}

/** `flatnet cluster list`: the clusters that flatnet created on this machine. */
export function list(): number {
  const records = readRecords()
  if (records.length === 0) process.stderr.write('flatnet created no cluster that still exists on this machine.\n')
  for (const { name, source, kept, kubeconfig } of records) {
    process.stdout.write(`${[name, source, kept ? 'standing' : 'created for a run', kubeconfig].join('   ')}\n`)
  }
  return EXIT.ok
}

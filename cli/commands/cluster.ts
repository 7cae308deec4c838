import { deleteKind, kindCluster } from '../../fixtures/clusters/kind.ts'
import { readRecords } from '../../fixtures/clusters/state.ts'
import { UsageError } from '../../fixtures/errors.ts'
import { didYouMean } from '../../fixtures/nearest.ts'
import { Progress } from '../progress.ts'
import { readSettings } from '../settings.ts'
import { onSignals } from '../signals.ts'

const full = (name: string) => (name === 'flatnet' || name.startsWith('flatnet-') ? name : `flatnet-${name}`)

/** `flatnet cluster up`: makes a cluster that stays; stdout is the path of its kubeconfig. */
export async function up({ name = 'flatnet', cluster = 'kind', ...flags }: Record<string, string>): Promise<number> {
  const settings = readSettings({ ...flags, cluster }, [])
  if (settings.cluster !== 'kind')
    throw new UsageError('only a cluster of flatnet’s own can be brought up: --cluster kind.')
  const wanted = full(name)
  if (readRecords().some((record) => record.name === wanted)) {
    throw new UsageError(`cluster ${wanted} is there already; flatnet cluster down ${wanted} deletes it.`)
  }
  const progress = new Progress()
  const aborter = new AbortController()
  const made = kindCluster(settings, { name: wanted, kept: true, signal: aborter.signal }, progress.tell)
  const release = onSignals(async () => {
    aborter.abort()
    await made.close()
  })
  try {
    const { kubeconfig } = await made.facts
    process.stdout.write(`${kubeconfig}\n`)
    progress.say(`test it: flatnet run --kubeconfig ${kubeconfig}`)
  } catch (error) {
    await made.close()
    throw error
  } finally {
    release()
  }
  return 0
}

/** `flatnet cluster down`: deletes a cluster that flatnet made, and no other. */
export async function down(name: string): Promise<number> {
  const records = readRecords()
  const record = records.find((each) => each.name === full(name))
  if (!record) {
    const names = records.map((each) => each.name)
    throw new UsageError(
      `flatnet made no cluster ${name}; it made ${names.join(', ') || 'none'}${didYouMean(name, names)}`,
    )
  }
  await new Progress().tell(`delete cluster ${record.name}`, () => deleteKind(record.name))
  return 0
}

/** `flatnet cluster list`: clusters that flatnet made on this machine. */
export function list(): number {
  for (const { name, source, kept, kubeconfig } of readRecords()) {
    process.stdout.write(`${[name, source, kept ? 'stays' : 'made for a run', kubeconfig].join('   ')}\n`)
  }
  return 0
}

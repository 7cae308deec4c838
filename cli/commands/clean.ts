import { removeOutsides } from '../../cluster/outside/clean.ts'
import { removeRuns } from '../../cluster/site/clean.ts'
import { isGone } from '../../cluster/site/owner.ts'
import { readRecords } from '../../cluster/sources/state.ts'
import { Trouble, UsageError } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import { mendClusters } from '../../prover/injection-records.ts'
import { Progress } from '../progress.ts'
import { deleteCluster } from './cluster.ts'

interface Flags {
  kubeconfig?: string
  context?: string
  namespace?: string
  all?: boolean
}

/** `flatnet clean`: removes what dead runs left behind in the cluster, in Docker and in kind. Gives the exit code. */
export async function clean(flags: Flags): Promise<number> {
  const progress = new Progress()
  const all = flags.all ?? false
  let removed = 0
  const say = (line: string) => {
    removed += 1
    progress.say(`  ${line}`)
  }
  for (const record of readRecords()) {
    // A kind cluster outlives the process that created it. A reference cluster dies with the process that holds it.
    const dead = isGone(record.owner) && (record.source === 'reference' || !record.kept)
    if (dead || all) {
      await deleteCluster(record)
      say(`deleted ${record.source} cluster ${record.name}`)
    }
  }
  const unmended = await mendClusters(all, say)
  for (const sentence of unmended) progress.say(`flatnet: could not undo a fault: ${sentence}`)
  for (const name of await removeOutsides(all)) say(`removed ${name}`)
  const cluster = await cleanCluster(flags, all, say)
  if (removed === 0 && unmended.length === 0) progress.say('  nothing to remove')
  return unmended.length > 0 ? EXIT.inconclusive : cluster
}

/** Without any kubeconfig there is no cluster to clean. That is an error only if the user named one. */
async function cleanCluster(flags: Flags, all: boolean, say: (line: string) => void): Promise<number> {
  const named = flags.kubeconfig !== undefined || flags.context !== undefined || flags.namespace !== undefined
  try {
    await removeRuns(flags, all, say)
    return EXIT.ok
  } catch (error) {
    const expected =
      error instanceof UsageError || (error instanceof Trouble && !error.message.startsWith('still there'))
    if (!expected || named || process.env.KUBECONFIG !== undefined) throw error
    say(`no cluster was checked: ${error.message}`)
    return EXIT.ok
  }
}

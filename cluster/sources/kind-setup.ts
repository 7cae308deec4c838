import { Trouble } from '../../contract/errors.ts'
import type { Tell } from '../../contract/tell.ts'
import { eventually } from '../../contract/waiting.ts'
import { type CommandError, tool } from '../commands.ts'
import { openApi } from '../kube/api.ts'
import { isReady } from '../site/nodes.ts'

/** How long the nodes may take to become Ready after the command has ended. */
const READY_MS = 180_000
/** The number of its last lines that are shown if the command fails. */
const SHOWN = 20

/**
 * Runs the user's command that installs the network of a new cluster, and waits until all nodes are Ready.
 * @throws Trouble with the last lines of its output if it fails, or with the nodes that are not Ready.
 */
export async function setUp(
  command: string,
  { name, kubeconfig }: { name: string; kubeconfig: string },
  tell: Tell,
  signal: AbortSignal | undefined,
): Promise<void> {
  const env = { KUBECONFIG: kubeconfig, KIND_CLUSTER_NAME: name }
  await tell(`run ${command}`, async () => {
    try {
      await tool(['sh', '-c', command], { env, ...(signal && { signal }) })
    } catch (error) {
      if (signal?.aborted) throw error
      const { stdout = '', stderr = '', exitCode } = error as CommandError
      const said = [stdout, stderr].join('\n').split('\n').filter(Boolean).slice(-SHOWN)
      throw new Trouble([`--setup ${command}: exit code ${exitCode ?? 'unknown'}.`, ...said].join('\n  '))
    }
  })
  await tell('wait for the nodes', () => untilReady(kubeconfig, command, signal))
}

async function untilReady(kubeconfig: string, command: string, signal: AbortSignal | undefined): Promise<void> {
  const api = await openApi({ kubeconfig })
  let waiting: string[] = []
  const ready = await eventually(READY_MS, async () => {
    const { items } = await api.core.listNode()
    waiting = items.filter((node) => !isReady(node)).map(({ metadata }) => metadata?.name ?? '')
    return signal?.aborted || (items.length > 0 && waiting.length === 0) || undefined
  })
  if (!ready)
    throw new Trouble(`${waiting.join(', ')}: not Ready ${READY_MS / 1000} s after --setup ${command} has ended.`)
}

import type { V1Status } from '@kubernetes/client-node'
import { accessOf } from '../../cluster/kube/access.ts'
import { openApi } from '../../cluster/kube/api.ts'
import { Trouble } from '../../contract/errors.ts'

/** Enters the namespaces of the first process of the node. */
const ENTER = ['nsenter', '--target', '1', '--mount', '--uts', '--ipc', '--net', '--']

/**
 * `flatnet on-node NAMESPACE POD -- COMMAND…`: runs a command in the root namespaces of a node, through a privileged pod of a run. It
 * stands behind `--node-evidence`. Gives the command's exit code.
 */
export async function onNodeThroughPod(
  namespace: string,
  pod: string,
  command: readonly string[],
  flags: { kubeconfig?: string; context?: string },
): Promise<number> {
  const api = await openApi(accessOf(flags))
  const { stdin, stdout, stderr } = process
  const ended = Promise.withResolvers<V1Status>()
  const socket = await api.execs.exec(
    namespace,
    pod,
    'look',
    [...ENTER, ...command],
    stdout,
    stderr,
    stdin,
    false,
    ended.resolve,
  )
  socket.on('close', () => ended.reject(new Trouble(`the connection to pod ${pod} has ended.`)))
  const status = await ended.promise
  stdin.destroy()
  if (status.status === 'Success') return 0
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message
  return Number(code ?? 1)
}

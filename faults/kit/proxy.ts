import type { NodeStep, Place } from '../fault.ts'

/** A script that sets $pid to the service proxy's process on a node. */
const find = (node: string) => `pid=$(pgrep -x kube-proxy | head -1)
[ -n "$pid" ] || pid=$(pgrep -f '^kube-proxy-${node}( |$)' | head -1)
[ -n "$pid" ]`

/** A step that stops the node's kube-proxy with SIGSTOP, so that its rules do not change any more. */
export const frozenProxy = ({ node: { name } }: Place): NodeStep => ({
  node: name,
  in: `${find(name)}\nkill -STOP $pid`,
  out: `${find(name)}\nkill -CONT $pid`,
  shows: `${find(name)}\ngrep -q '^State:.*T' /proc/$pid/status`,
})

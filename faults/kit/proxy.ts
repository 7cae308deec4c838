import type { NodeStep, Place } from '../fault.ts'

/** Sets $pid to the process that a node's Service rules come from. */
const find = (node: string) => `pid=$(pgrep -x kube-proxy | head -1)
[ -n "$pid" ] || pid=$(pgrep -f '^kube-proxy-${node}( |$)' | head -1)
[ -n "$pid" ]`

/** The node's kube-proxy hangs: its rules stay what they were. */
export const frozenProxy = ({ node: { name } }: Place): NodeStep => ({
  node: name,
  in: `${find(name)}\nkill -STOP $pid`,
  out: `${find(name)}\nkill -CONT $pid`,
  shows: `${find(name)}\ngrep -q '^State:.*T' /proc/$pid/status`,
})

import type { Meanwhile, NodeStep, Place } from '../fault.ts'
import { watching } from './watching.ts'

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

/** Stops the node's kube-proxy as soon as a Service of this scenario has had more than this number of pods. */
export const freezingProxy = (place: Place, scenario: string, count: number): Meanwhile => {
  const { in: freeze, ...leaves } = frozenProxy(place)
  return {
    what: `the proxy stops while the pods of ${scenario} are replaced`,
    leaves: [leaves],
    begin: async (stage, acted) => {
      let done = false
      return watching(stage, scenario, async ({ pods }) => {
        if (done || pods.length <= count) return
        done = true
        await stage.shell(place.node.name, freeze)
        acted()
      })
    },
  }
}

import type { StandingPod } from '../../contract/topology.ts'
import type { NodeStep } from '../fault.ts'

/** Sets $pids to the processes of a pod's containers (of one of them), found by what the downward API told them. */
export const pidsOf = ({ uid }: Pick<StandingPod, 'uid'>, container = ''): string => {
  const all = `pids=$(grep -lasF 'POD_UID=${uid}' /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3)`
  if (!container) return all
  return `${all}\npids=$(for pid in $pids; do tr '\\0' '\\n' 2>/dev/null </proc/$pid/environ | grep -qx 'CONTAINER=${container}' && echo $pid; done; :)`
}

/** Runs scripts once for each process of a pod, as $pid; it shows when it shows for one of them. */
export function eachProcess(pod: StandingPod, step: Omit<NodeStep, 'node'>): NodeStep {
  const each = (script: string) =>
    `${pidsOf(pod)}\nfor pid in $pids; do\n[ -d /proc/$pid ] || continue\n${script}\ndone`
  return {
    node: pod.node,
    in: each(step.in),
    out: each(step.out),
    shows: `${pidsOf(pod)}\nfor pid in $pids; do\nif ( ${step.shows} ) 2>/dev/null; then exit 0; fi\ndone\nexit 1`,
  }
}

/** Gives a pod's containers another hostname, and the right one back. */
export const hostname = (pod: StandingPod, wrong: string, right: string): NodeStep => {
  const set = (name: string) => `nsenter -t $pid -u hostname '${name}' 2>/dev/null || :`
  return eachProcess(pod, {
    in: set(wrong),
    out: set(right),
    shows: `[ "$(nsenter -t $pid -u hostname)" = '${wrong}' ]`,
  })
}

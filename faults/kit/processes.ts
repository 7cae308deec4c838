import type { StandingPod } from '../../contract/topology.ts'
import type { NodeStep } from '../fault.ts'

/** A script that sets $pids to the processes of a pod, or of one of its containers. It finds them by their environment. */
export const pidsOf = ({ uid }: Pick<StandingPod, 'uid'>, container = ''): string => {
  const all = `pids=$(grep -lasF 'POD_UID=${uid}' /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3)`
  if (!container) return all
  return `${all}\npids=$(for pid in $pids; do tr '\\0' '\\n' 2>/dev/null </proc/$pid/environ | grep -qx 'CONTAINER=${container}' && echo $pid; done; :)`
}

/** A step whose scripts run for each process ($pid) of a pod. It is in place if it is in place for one process. */
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

/** A step that gives a pod's containers the hostname `wrong`, and the hostname `right` again afterwards. */
export const hostname = (pod: StandingPod, wrong: string, right: string): NodeStep => {
  const set = (name: string) => `nsenter -t $pid -u hostname '${name}' 2>/dev/null || :`
  return eachProcess(pod, {
    in: set(wrong),
    out: set(right),
    shows: `[ "$(nsenter -t $pid -u hostname)" = '${wrong}' ]`,
  })
}

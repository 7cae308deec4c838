import type { Meanwhile } from '../fault.ts'
import { pidsOf } from './processes.ts'
import { watching } from './watching.ts'

/** The folder where a kubelet keeps the hosts files of pods. A file exists before the pod's containers start. */
const KEPT = '/var/lib/kubelet/pods'

/** Runs a script on the hosts file ($hosts) of each pod that a scenario creates on a node, as soon as the file exists. */
export const rewrittenHosts = (node: string, scenario: string, script: string): Meanwhile => ({
  what: `the hosts files of the pods of ${scenario} on ${node}`,
  begin: async (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, scenario, async ({ pods }) => {
      // Pods of an earlier run of the scenario may still be terminating.
      const fresh = pods.filter(
        ({ metadata, spec }) =>
          spec?.nodeName === node && !metadata?.deletionTimestamp && !done.has(metadata?.uid ?? ''),
      )
      await Promise.all(
        fresh.map(async ({ metadata }) => {
          const uid = metadata?.uid ?? ''
          done.add(uid)
          await stage.shell(
            node,
            `hosts=${KEPT}/${uid}/etc-hosts
for turn in $(seq 1500); do
if [ -s $hosts ]; then ${script}; exit 0; fi
if [ ! -d ${KEPT} ]; then
${pidsOf({ uid })}
if [ -n "$pids" ]; then for pid in $pids; do hosts=/proc/$pid/root/etc/hosts; ${script}; done; exit 0; fi
fi
sleep 0.02
done
exit 1`,
          )
          acted()
        }),
      )
    })
  },
})

import type { Meanwhile } from '../fault.ts'
import { pidsOf } from './processes.ts'
import { watching } from './watching.ts'

/** Where a kubelet keeps the hosts file of a pod's containers: it is there before they are. */
const KEPT = '/var/lib/kubelet/pods'

/** Does something to the hosts file, as $hosts, of the pods that a scenario makes on a node, as soon as it is there. */
export const rewrittenHosts = (node: string, scenario: string, script: string): Meanwhile => ({
  what: `the pods of ${scenario} on ${node}`,
  begin: async (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, scenario, async ({ pods }) => {
      // Those of an earlier run of the scenario may still be on their way out.
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

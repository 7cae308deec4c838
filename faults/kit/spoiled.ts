import type { Meanwhile } from '../fault.ts'
import { pidsOf } from './processes.ts'
import { watching } from './watching.ts'

/** Does something to every process of the pods that a scenario makes on a node, as soon as it is there; $pid is that process. */
export const spoiledFromTheStart = (node: string, scenario: string, script: string): Meanwhile => ({
  what: `the pods of ${scenario} on ${node}`,
  begin: async (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, scenario, async ({ pods }) => {
      const fresh = pods.filter(({ metadata, spec }) => spec?.nodeName === node && !done.has(metadata?.uid ?? ''))
      await Promise.all(
        fresh.map(async ({ metadata }) => {
          const uid = metadata?.uid ?? ''
          done.add(uid)
          const find = pidsOf({ uid })
          const wait = `for turn in $(seq 600); do\n${find}\nif [ -n "$pids" ]; then for pid in $pids; do ${script}; done; exit 0; fi\nsleep 0.05\ndone\nexit 1`
          await stage.shell(node, wait)
          acted()
        }),
      )
    })
  },
})

import type { Workbench } from '../../cluster/workbench.ts'
import { type Path, pods } from '../../fixtures/outages.ts'
import type { Resolver } from '../../fixtures/resolver.ts'
import type { Question } from '../../probe/protocol.ts'
import { STARVED } from '../conversations/claims.ts'
import { withoutCpu } from '../conversations/without-cpu.ts'

/** The questions of one control. */
const ASKED = 3

/** The path of a client to its DNS server. The control is a question of the cluster's domain; any answer will do; a refusal is none. */
export function pathToDns(bench: Workbench, { client, server, zone }: Resolver, over: Question['over']): Path {
  const { dial: deadline } = bench.topology.settings.limits
  const question = { server, name: `kubernetes.default.svc.${zone}`, type: 'A' as const, over }
  return {
    name: `DNS over ${over} from ${pods(client)} to ${server}`,
    client: client.uid,
    stands: true,
    isAlive: async () => {
      const questions = Array<Question>(ASKED).fill(question)
      const answers = await bench.ask(client, 'resolve', { questions, deadline }, 3 * deadline + 15_000)
      if (answers.some(({ rcode }) => rcode !== undefined)) return true
      return (await withoutCpu(bench, client, deadline)) > deadline * STARVED ? undefined : false
    },
  }
}

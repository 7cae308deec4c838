import type { Workbench } from '../../cluster/workbench.ts'
import type { Limits } from '../../contract/settings.ts'
import type { Dialable } from '../../fixtures/dialable.ts'
import { conversations } from '../../fixtures/service-clients.ts'
import { triesToCatch } from '../../fixtures/statistics.ts'
import { SYSTEM } from '../../probe/ports.ts'
import { type Tally, type Transports, tally } from '../services/tally.ts'

/** The share of conversations that a fault may touch and is still found. */
const LEAK = 0.01

/**
 * Opens so many conversations from each node with servers at their own addresses that a fault in one of a hundred is missed in
 * one run in a million, whatever node it is on.
 */
export function countToServers(
  bench: Workbench,
  limits: Limits,
  subjects: readonly Dialable[],
  protocols: Transports,
): Promise<Tally[]> {
  const perNode = Map.groupBy(subjects, ({ client }) => client.node)
  const fewest = Math.min(...[...perNode.values()].map((all) => all.length))
  const planned = protocols.flatMap((protocol) =>
    conversations(limits, subjects, [protocol], {
      virtual: false,
      // The system picks even ports for TCP, and any for UDP. Those that virtual IPs use would have to be left out.
      ...(protocol === 'UDP' && { localPorts: SYSTEM }),
    }),
  )
  return tally(bench, planned, Math.ceil(triesToCatch(LEAK) / fewest / protocols.length))
}

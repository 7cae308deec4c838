import type { Quality } from '../contract/media.ts'
import { quantiles } from '../contract/quantiles.ts'
import type { Result } from './model.ts'

/** The quality of the network, from all conversations of a run. */
export interface Traffic {
  conversations: number
  /** `aborted`: sockets that the client's node has ended, because a backend had left a Service. */
  udp: { datagrams: number; answered: number; aborted?: number }
  /** `retransmitted`: connections that needed a second SYN. */
  tcp: { connections: number; retransmitted: number }
  connectMs?: object
}

/** Adds up the traffic of all rows. */
export function trafficOf(results: readonly Result[]): Traffic {
  const all = results.map(({ evidence }) => evidence.quality)
  const sum = (pick: (quality: Quality) => number) => all.reduce((total, each) => total + pick(each), 0)
  const aborted = sum((quality) => quality.aborted)
  const { count, ...connectMs } = quantiles(all.flatMap((quality) => quality.connectMs)) ?? { count: 0 }
  return {
    conversations: results.reduce((total, { evidence }) => total + evidence.flowsTotal, 0),
    udp: {
      datagrams: sum(({ datagrams }) => datagrams),
      answered: sum(({ answers }) => answers),
      ...(aborted > 0 && { aborted }),
    },
    tcp: { connections: count, retransmitted: sum(({ retransmitted }) => retransmitted) },
    ...(count > 0 && { connectMs }),
  }
}

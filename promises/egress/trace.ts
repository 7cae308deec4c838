import { type Memory, readGateway } from '../../cluster/outside/gateway.ts'
import type { Workbench } from '../../cluster/workbench.ts'
import type { Observed } from '../../contract/conversation.ts'
import { type Outside, outsideHosts } from '../../contract/topology.ts'
import { familyOf } from '../../probe/address.ts'
import type { Arrival } from '../../probe/protocol.ts'

/**
 * Adds to conversations with servers outside the cluster what these servers and the internet gateway saw: the peer of a
 * conversation whose answer was lost, the source address at the gateway, and whether the gateway refused it.
 * @throws Trouble if a server or the gateway does not answer.
 */
export async function traceOutside(bench: Workbench, all: readonly Observed[]): Promise<Observed[]> {
  const { outside } = bench.topology
  if (!outside) return [...all]
  const arrivals = await arrivalsOf(bench, outside, all)
  const isInternet = ({ to }: Observed) => to.by.some(({ uid }) => uid === outside.internet?.uid)
  const memory = outside.gateway && all.some(isInternet) ? await readGateway(outside.gateway) : undefined
  return all.map((observed) => {
    const arrived = arrivalOf(observed, arrivals)?.peer
    const seen = arrived ? { ...observed, arrived } : observed
    return memory && isInternet(observed) ? atGateway(seen, memory) : seen
  })
}

/** What the servers got of the conversations that failed. */
async function arrivalsOf(bench: Workbench, outside: Outside, all: readonly Observed[]): Promise<Arrival[]> {
  const failed = all.filter(({ outcome }) => outcome.failure !== undefined)
  const nonces = failed.flatMap(({ outcome }) => outcome.nonce ?? [])
  const hosts = outsideHosts(outside).filter((host) =>
    failed.some(({ to }) => to.by.some(({ uid }) => uid === host.uid)),
  )
  return (await Promise.all(hosts.map((host) => bench.ask(host, 'arrivals', { nonces })))).flat()
}

/** A datagram is found by its word. A TCP connection is found by its client's own address: many clients share that of a node. */
function arrivalOf({ from, outcome }: Observed, all: readonly Arrival[]): Arrival | undefined {
  const { dial, failure, nonce } = outcome
  if (failure === undefined) return undefined
  return all.find(({ protocol, peer, local, ...arrival }) =>
    protocol === 'UDP'
      ? nonce !== undefined && arrival.nonce === nonce
      : dial.protocol !== 'UDP' && local.ip === dial.host && local.port === dial.port && from.ips.includes(peer.ip),
  )
}

function atGateway(observed: Observed, { forwarded, refused }: Memory): Observed {
  const { from, outcome, arrived } = observed
  const port = (outcome.server?.peer ?? arrived)?.port
  const protocol = outcome.dial.protocol === 'UDP' ? 'UDP' : 'TCP'
  const source = forwarded.find(
    (each) =>
      each.port === port &&
      each.destinationPort === outcome.dial.port &&
      each.protocol === protocol &&
      familyOf(each.source) === familyOf(outcome.dial.host),
  )?.source
  const isRefused = refused.some(
    (each) =>
      from.ips.includes(each.source) &&
      each.destination === outcome.dial.host &&
      each.port === (outcome.client?.local.port ?? outcome.dial.localPort),
  )
  return { ...observed, ...(source && { atGateway: source }), ...(isRefused && { isRefusedByGateway: true as const }) }
}

import { interfaceAddresses } from '../../cluster/site/node-addresses.ts'
import type { Observed } from '../../contract/conversation.ts'
import type { StandingPod } from '../../contract/topology.ts'
import { firstContainer } from '../../fixtures/dialable.ts'
import type { Ground } from '../../fixtures/ground.ts'
import { type Resolver, resolversOf } from '../../fixtures/resolver.ts'
import { clientProbes } from '../../fixtures/service-clients.ts'
import type { Dial } from '../../probe/protocol.ts'

const LINK_LOCAL = /^(169\.254\.|fe[89ab])/i

/** What these pods got for questions to their nameservers, and at the same time the run's client pods, which no policy selects. */
export async function askUnderPolicies(
  ground: Ground,
  pods: readonly StandingPod[],
): Promise<{ planned: Observed[]; controls: Observed[] }> {
  const { bench, topology, limits } = ground
  const [own, free] = await Promise.all([
    resolversOf(bench, pods.map(firstContainer), true),
    resolversOf(bench, clientProbes(topology), true),
  ])
  const seen = await interfaceAddresses(topology.pods, bench, limits.pod)
  const local = new Set([...seen.values()].flat())
  // A cache on the pod's own node may answer: a pod always reaches its node.
  const isFar = ({ server }: Resolver) => !LINK_LOCAL.test(server) && !local.has(server)
  const [planned, controls] = await Promise.all([
    Promise.all(own.filter(isFar).map((resolver) => answers(ground, resolver, limits.deny))),
    Promise.all(free.filter(isFar).map((resolver) => answers(ground, resolver, limits.dial))),
  ])
  return { planned: planned.flat(), controls: controls.flat() }
}

/** The answers to a question by UDP and by TCP, as conversations. The identity of a DNS server is not known. */
async function answers({ bench }: Ground, { client, server, zone }: Resolver, deadline: number): Promise<Observed[]> {
  const over = ['UDP', 'TCP'] as const
  const questions = over.map((each) => ({
    ...{ server, name: `kubernetes.default.svc.${zone}.`, type: 'A' as const, over: each },
  }))
  const found = await bench.ask(client, 'resolve', { questions, deadline }, 3 * deadline + 15_000)
  return over.map((protocol, i) => {
    const dial: Dial = { protocol, host: server, port: 53, deadline }
    const rcode = found[i]?.rcode
    return {
      from: client,
      to: { label: 'cluster DNS', node: 'the Service', by: [{ uid: DNS }] },
      outcome: {
        dial,
        ...(rcode === undefined
          ? { failure: 'timeout' as const }
          : {
              server: {
                local: { ip: server, port: 53 },
                peer: { ip: client.ips[0] ?? '', port: 0 },
                identity: { uid: DNS, pod: 'cluster DNS', container: 'dns', node: '' },
              },
            }),
      },
    }
  })
}

const DNS = 'cluster DNS'

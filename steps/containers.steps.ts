import { Given, Then, When } from '@cucumber/cucumber'
import { afresh } from '../cluster/snapshot.ts'
import { NonConformance } from '../contract/errors.ts'
import type { StandingPod } from '../contract/topology.ts'
import {
  claimReference,
  claimSame,
  claimUnique,
  FACTS,
  gather,
  gatherInit,
  REFERENCES,
} from '../promises/identity/facts.ts'
import type { Flatnet } from './world.ts'

const FREE_PORT = 7999

Given('a pod with several containers on every node', function (this: Flatnet) {
  this.pods = this.topology.pods.filter((pod) => pod.role === 'server')
})

Given('a host-network pod on every node', function (this: Flatnet) {
  this.pods = this.topology.pods.filter((pod) => pod.role === 'host')
})

Given('a pod with a hostname of its own on every node', function (this: Flatnet) {
  this.pods = this.topology.pods.filter((pod) => pod.role === 'client')
})

When('every application container reports its {fact}', async function (this: Flatnet, fact: string) {
  this.reports = await gather(this.bench, this.pods, (name) => name !== 'sidecar', factOf(fact))
})

When('every init, sidecar and application container reports its {fact}', async function (this: Flatnet, fact: string) {
  const running = await gather(this.bench, this.pods, () => true, factOf(fact))
  this.reports = await Promise.all(
    running.map(async ({ pod, values }) => ({
      pod,
      values: [...values, ...(await gatherInit(this.bench, pod, factOf(fact)))],
    })),
  )
  const short = this.reports.find(({ values }) => values.length < 4)
  if (short) throw new Error(`pod ${short.pod.name}: an init, sidecar or application container has not reported`)
})

Then('all containers of a pod report the same', function (this: Flatnet) {
  claimSame(this.reports)
})

Then('every report has {reference}', async function (this: Flatnet, reference: string) {
  claimReference(this.reports, reference, await referenceOf(this, reference), { among: true })
})

Then('every report is {reference}', async function (this: Flatnet, reference: string) {
  claimReference(this.reports, reference, await referenceOf(this, reference), { among: false })
})

Then('no two pods have the same address', function (this: Flatnet) {
  claimUnique(this.reports)
})

When(
  'a second container binds the {protocol} port that its sibling holds',
  async function (this: Flatnet, protocol: 'TCP' | 'UDP') {
    this.binds = await Promise.all(
      this.pods.map(async (pod) => {
        const [holder, second] = pod.containers
        if (!holder || !second) throw new Error(`pod ${pod.name} has no two containers`)
        const [held, free] = await Promise.all([
          this.bench.ask(second, 'bind', {
            protocol,
            port: holder.ports[protocol === 'TCP' ? 'tcp' : 'udp'],
          }),
          this.bench.ask(second, 'bind', { protocol, port: FREE_PORT }),
        ])
        return { pod, held: held.code, free: free.code }
      }),
    )
  },
)

Then('the port is already in use', function (this: Flatnet) {
  const wrong = this.binds.find(({ held }) => held !== 'EADDRINUSE')
  if (wrong) throw bindFailure(wrong.pod, 'a port that its sibling holds', wrong.held ?? 'bound it', 'EADDRINUSE')
})

Then('a free port can be bound at the same moment', function (this: Flatnet) {
  const wrong = this.binds.find(({ free }) => free !== null)
  if (wrong) throw bindFailure(wrong.pod, 'a free port', wrong.free ?? '', 'success')
})

const bindFailure = (pod: StandingPod, what: string, got: string, wanted: string) =>
  new NonConformance({
    expected: `binding ${what} gives ${wanted}`,
    actual: `pod ${pod.name} on ${pod.node}: a second container tried ${what}: ${got}`,
  })

function factOf(name: string) {
  const fact = FACTS[name]
  if (!fact) throw new Error(`no such fact: ${name}`)
  return fact
}

/** The API is asked again: what it said when the run began may not be true any more. */
async function referenceOf(world: Flatnet, name: string) {
  if (name === 'its spec.hostname') return (pod: StandingPod) => [pod.hostname ?? '']
  const reference = REFERENCES[name]
  if (!reference) throw new Error(`no such reference: ${name}`)
  const now = await afresh(world.bench, world.pods)
  return (pod: StandingPod) => reference(now.pods.find(({ uid }) => uid === pod.uid) ?? pod, now)
}

import { Given, Then, When } from '@cucumber/cucumber'
import { closed, type ProbeKind } from '../cluster/pods/probed.ts'
import { NonConformance } from '../contract/errors.ts'
import type { StandingPod } from '../contract/topology.ts'
import { eventually } from '../contract/waiting.ts'
import { claimNeverReady, claimReady, countOf, probedContainer, readiness } from '../promises/nodes/kubelet.ts'
import { planned } from './one-pod-per-node.ts'
import type { Flatnet } from './world.ts'

/** So many probes of the open port, once a second: the closed one was probed about as often. */
const SEVERAL = 4

Given(
  /^a pod with an? (httpGet|tcpSocket|grpc) readiness probe on every node$/,
  function (this: Flatnet, kind: ProbeKind) {
    this.probe = kind
    this.pods = this.topology.pods.filter((pod) => pod.role === 'probed')
  },
)

When('the kubelet probes it', async function (this: Flatnet) {
  this.readiness = await readiness(this.bench, this.pods, this.probe)
})

Then('it becomes ready', function (this: Flatnet) {
  claimReady(this.readiness, this.probe)
})

// Once may be long ago: what counts is that the kubelet's requests arrive now.
Then('it was asked by the kubelet', async function (this: Flatnet) {
  const seen = (pod: StandingPod) => this.bench.ask(probedContainer(pod, this.probe), 'seen', {})
  const counts = await Promise.all(
    this.pods.map(async (pod) => {
      const before = countOf(await seen(pod), this.probe).count
      const now = await eventually(this.limits.kubelet, async () => {
        const { count, peers } = countOf(await seen(pod), this.probe)
        return count > before ? { peers } : undefined
      })
      if (now) this.observe('kubelet probes come from', { node: pod.node, probe: this.probe, peers: now.peers })
      return { pod, now }
    }),
  )
  const silent = counts.find(({ now }) => now === undefined)
  if (silent) {
    const { name, node } = silent.pod
    const actual = `pod ${name} on ${node} counts as ready, and no ${this.probe} request reached it in ${this.limits.kubelet / 1000} s: its node does not reach it, or somebody else answers.`
    throw new NonConformance({ expected: 'the kubelet’s requests reach the pod', actual })
  }
})

Given(
  'a pod on every node with a readiness probe of a closed port, and a liveness probe of an open one',
  async function (this: Flatnet) {
    const made = this.own()
    this.pods = await made.raise(planned(made, 'closed', () => ({ containers: [closed('closed', 0)] })))
  },
)

When('the kubelet has probed the open port several times', async function (this: Flatnet) {
  const asked = await Promise.all(
    this.pods.map(async (pod) => {
      const [container] = pod.containers
      if (!container) throw new Error(`pod ${pod.name} has no container`)
      return eventually(this.limits.kubelet, async () => {
        const { count } = (await this.bench.ask(container, 'seen', {})).http
        return count >= SEVERAL ? count : undefined
      })
    }),
  )
  const silent = this.pods.find((_, i) => asked[i] === undefined)
  if (silent) {
    const actual = `pod ${silent.name} on ${silent.node}: the kubelet did not reach the open port either, so its silence about the closed one says nothing.`
    throw new NonConformance({ expected: 'the kubelet reaches the open port of the same pod', actual })
  }
})

Then('the pod is not Ready', async function (this: Flatnet) {
  await claimNeverReady(this.own(), this.pods)
})

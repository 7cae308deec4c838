import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf } from '../cluster/pods/plan.ts'
import { containerOf, type Planned, targetOf } from '../contract/conversation.ts'
import type { ProbeRef } from '../contract/topology.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { claimSameAddress, restartOne, terminate } from '../promises/pods/lifecycle.ts'
import { planned } from './one-pod-per-node.ts'
import type { Flatnet } from './world.ts'

const GRACE_SECONDS = 60

Given('a pod of its own with two containers on every node', async function (this: Flatnet) {
  const made = this.own()
  const containers = [
    { name: 'app', ports: portsOf(0) },
    { name: 'sibling', ports: portsOf(1) },
  ]
  this.pods = await made.raise(planned(made, 'pair', () => ({ containers })))
})

When('one of the containers restarts', async function (this: Flatnet) {
  this.renewed = await restartOne(this.own(), this.pods, 'sibling')
})

Then('the pod has the address that it had before', function (this: Flatnet) {
  claimSameAddress(this.pods, this.renewed)
})

Then('both containers answer on it', async function (this: Flatnet) {
  const clients = this.topology.pods.filter((pod) => pod.role === 'client').map((pod) => containerOf(pod))
  const near = (to: ProbeRef) => clients.filter((client) => client.node === to.node)
  await this.converse(
    this.pods.flatMap((pod) => pod.containers.flatMap((to) => near(to).map((from) => dial(this, from, to, 'TCP')))),
  )
  claimAnswered(this.observed)
})

Given('a terminating pod on every node', async function (this: Flatnet) {
  const made = this.own()
  const containers = [{ name: 'app', ports: portsOf(0), linger: GRACE_SECONDS }]
  this.pods = await made.raise(planned(made, 'leaving', () => ({ grace: GRACE_SECONDS, containers })))
  await terminate(made, this.pods)
})

When(
  'it opens TCP and UDP conversations with a pod of another node, and that one with it',
  async function (this: Flatnet) {
    const { nodes, pods } = this.topology
    const planned = this.pods.flatMap((pod, i) => {
      const node = nodes[(i + 1) % nodes.length]?.name
      const peer = pods.find((each) => each.role === 'client' && each.node === node)
      if (!peer) return []
      const [here, there] = [containerOf(pod), containerOf(peer)]
      const both = (protocol: 'TCP' | 'UDP') => [dial(this, here, there, protocol), dial(this, there, here, protocol)]
      return [...both('TCP'), ...both('UDP')]
    })
    await this.converse(planned)
    await Promise.all(this.pods.map((pod) => this.bench.ask(containerOf(pod), 'stop', {}).catch(() => undefined)))
  },
)

const dial = (world: Flatnet, from: ProbeRef, to: ProbeRef, protocol: 'TCP' | 'UDP'): Planned => ({
  from,
  to: targetOf(to),
  dial: { protocol, host: to.ips[0] ?? '', port: to.ports.tcp, deadline: world.limits.dial },
})

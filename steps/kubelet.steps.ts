import type { ProbeKind } from '../cluster/pods/probed.ts'
import {
  claimAsked,
  claimNotReady,
  claimReady,
  neverReady,
  type Probed,
  probedBy,
  type Unready,
} from '../promises/nodes/kubelet.ts'
import { Then, When } from './say.ts'
import { slot } from './slot.ts'
import type { Flatnet } from './world.ts'

const probed = slot<Probed>('pods that the kubelet probed')
const unready = slot<Unready>('pods with a closed port')

When('the kubelet probes it by {kind}', async function (this: Flatnet, kind: ProbeKind) {
  probed.set(this, await probedBy(this.bench, this.scene.pods, kind))
  for (const { node, peers } of probed.of(this).seen)
    this.observe('kubelet probes come from', { node, probe: kind, peers })
})

When('the kubelet has probed the open port several times', async function (this: Flatnet) {
  unready.set(this, await neverReady(this.own(), this.scene.pods))
})

Then('the container becomes ready', function (this: Flatnet) {
  claimReady(probed.of(this).readiness, probed.of(this).kind)
})

Then("the kubelet's requests arrive at the container", function (this: Flatnet) {
  claimAsked(probed.of(this))
})

Then('the pod is not Ready', function (this: Flatnet) {
  claimNotReady(unready.of(this))
})

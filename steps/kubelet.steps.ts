import { PROBE_KINDS, type ProbeKind } from '../cluster/pods/probed.ts'
import {
  claimAsked,
  claimNotReady,
  claimReady,
  type Probed,
  probeClosedPort,
  probedBy,
} from '../promises/nodes/kubelet.ts'
import { Then, When } from './keywords.ts'
import { slot } from './slot.ts'
import { unready } from './unready.ts'
import { words } from './words.ts'
import type { Flatnet } from './world.ts'

const probed = slot<Probed>('pods that the kubelet probed')

words('kind', PROBE_KINDS)

When('the kubelet probes it by {kind}', async function (this: Flatnet, kind: ProbeKind) {
  const found = await probedBy(this.bench, this.scene.pods, kind)
  probed.set(this, found)
  for (const { node, peers } of found.seen) this.observe('kubelet probes come from', { node, probe: kind, peers })
})

When('the kubelet has probed the open port several times', async function (this: Flatnet) {
  const found = await probeClosedPort(this.own(), this.scene.pods)
  unready.set(this, () => claimNotReady(found))
})

Then(/^the (container becomes ready and stays|pod is not) ready$/, function (this: Flatnet, what: string) {
  if (what === 'pod is not') unready.of(this)()
  else claimReady(probed.of(this))
})

Then("the kubelet's requests arrive at the container", function (this: Flatnet) {
  claimAsked(probed.of(this))
})

import { Then, When } from '@cucumber/cucumber'
import { afresh } from '../cluster/snapshot.ts'
import { claimDisjoint, claimWithin, ranges } from '../promises/pods/ranges.ts'
import { claimVeth, otherEnds } from '../promises/pods/veth.ts'
import type { Flatnet } from './world.ts'

When("the nodes' ranges are compared with the pods' addresses", async function (this: Flatnet) {
  this.now = await afresh(this.bench)
  this.observe('pod ranges', ranges(this.now.allNodes))
})

Then('no two ranges overlap', function (this: Flatnet) {
  claimDisjoint(this.now.allNodes)
})

Then("every pod's address lies in its node's range", function (this: Flatnet) {
  const pods = this.now.pods.filter(({ uid }) => this.pods.some((pod) => pod.uid === uid))
  claimWithin(pods, this.now.allNodes)
})

When('the other end of its interface is looked up on its node', async function (this: Flatnet) {
  this.ends = await otherEnds(this.bench, this.pods)
})

Then("it is a veth whose other end is the pod's interface", function (this: Flatnet) {
  claimVeth(this.ends)
})

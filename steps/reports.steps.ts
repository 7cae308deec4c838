import { afresh } from '../cluster/snapshot.ts'
import { type Binds, bindPorts, claimFree, claimHeld } from '../promises/containers/ports.ts'
import {
  claimHas,
  claimIs,
  claimNothingOf,
  claimSame,
  claimUnique,
  FACTS,
  type Fact,
  type Known,
  REFERENCES,
  REPORTERS,
  type Reference,
  type Reports,
} from '../promises/identity/facts.ts'
import { Then, When } from './say.ts'
import { slot } from './slot.ts'
import type { Flatnet } from './world.ts'

const reported = slot<{ reports: Reports[]; now: Known }>('reports of containers')
const bound = slot<Binds[]>('ports that were bound')

When('every {reporter} reports its {fact}', async function (this: Flatnet, reporter: string, fact: string) {
  const { pods, service: before } = this.scene
  const reports = (await REPORTERS[reporter]?.(this.bench, pods, FACTS[fact] as Fact)) ?? []
  // The API is asked again: its word from when the run began may be out of date.
  const now = await afresh(this.bench, pods)
  const anew = reports.map((each) => ({ ...each, pod: now.pods.find(({ uid }) => uid === each.pod.uid) ?? each.pod }))
  reported.set(this, { reports: anew, now: { nodes: now.nodes, before } })
})

Then('all containers of a pod report the same', function (this: Flatnet) {
  claimSame(reported.of(this).reports)
})

Then('every report has {reference}', function (this: Flatnet, words: string) {
  const { reports, now } = reported.of(this)
  claimHas(reports, words, REFERENCES[words] as Reference, now)
})

Then('every report is {reference}', function (this: Flatnet, words: string) {
  const { reports, now } = reported.of(this)
  claimIs(reports, words, REFERENCES[words] as Reference, now)
})

Then('no report has anything of the Service that was created after it', function (this: Flatnet) {
  claimNothingOf(reported.of(this).reports, this.other)
})

Then('no two pods have the same address', function (this: Flatnet) {
  claimUnique(reported.of(this).reports)
})

When('a second container binds the {protocol} port that its sibling holds', async function (this: Flatnet, protocol) {
  bound.set(this, await bindPorts(this.bench, this.scene.pods, protocol as 'TCP' | 'UDP'))
})

Then('the port is already in use', function (this: Flatnet) {
  claimHeld(bound.of(this))
})

Then('a free port can be bound at the same time', function (this: Flatnet) {
  claimFree(bound.of(this))
})

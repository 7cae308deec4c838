import { type Binds, bindPorts, claimFree, claimHeld } from '../promises/containers/ports.ts'
import {
  claimSame,
  claimUnique,
  FACTS,
  firstAnswers,
  REPORTERS,
  type Reported,
  reportsOf,
} from '../promises/identity/facts.ts'
import { claimHas, claimHasNone, claimIs, REFERENCES, type Reference } from '../promises/identity/references.ts'
import { Then, When } from './keywords.ts'
import { slot } from './slot.ts'
import { table, words } from './words.ts'
import type { Flatnet } from './world.ts'

const reported = slot<Reported>('reports of containers')
const bound = slot<Binds[]>('ports that were bound')

words('reporter', Object.keys(REPORTERS))
words('fact', Object.keys(FACTS))
words('reference', Object.keys(REFERENCES))
words('transport', ['TCP', 'UDP'])
table('compares', { 'every report has': claimHas, 'every report is': claimIs, 'no report has': claimHasNone })
table('port', { "its sibling's port cannot": claimHeld, 'a free port can': claimFree })

When('every {reporter} reports its {fact}', async function (this: Flatnet, reporter: string, fact: string) {
  reported.set(this, await reportsOf(this.bench, this.scene, reporter, fact))
  if (reporter.startsWith('init') && fact === 'addresses')
    this.observe('first answer in an init container, ms by node', await firstAnswers(this.bench, this.scene.pods))
})

Then('all containers of a pod report the same', function (this: Flatnet) {
  claimSame(reported.of(this).reports)
})

Then('{compares} {reference}', function (this: Flatnet, compare: typeof claimHas, reference: string) {
  const { reports, now } = reported.of(this)
  compare(reports, reference, REFERENCES[reference] as Reference, now)
})

Then('no two pods have the same address', function (this: Flatnet) {
  claimUnique(reported.of(this).reports)
})

When('a second container binds the {transport} port that its sibling holds', async function (this: Flatnet, protocol) {
  bound.set(this, await bindPorts(this.bench, this.scene.pods, protocol as 'TCP' | 'UDP'))
})

Then('{port} be bound at the same time', function (this: Flatnet, claim: typeof claimHeld) {
  claim(bound.of(this))
})

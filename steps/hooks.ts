import { After, AfterAll, AfterStep, Before, BeforeStep, Status, setDefaultTimeout } from '@cucumber/cucumber'
import { NonConformance, Trouble } from '../contract/errors.ts'
import { MEDIA } from '../contract/media.ts'
import { stepOf } from '../contract/step.ts'
import { closeWorkbenches } from './workbench.ts'
import type { Flatnet } from './world.ts'

// Waits have limits of their own, each with a sentence. This limit only ends a step that hangs.
setDefaultTimeout(600_000)

const NEEDS = [
  'multi',
  'namespaces',
  'hostnet',
  'dns',
  'services',
  'observer',
  'outside',
  'gateway',
  'ingress',
  'own-ingress',
  'gatewayapi',
  'masquerade',
  'native',
  'podcidr',
  'nodes',
  'endpoints',
  'endpointslices',
  'servicecidr',
  'nodeport',
  'healthcheck',
  'lb',
  'hostport',
  'samenode',
  'zones',
  'random',
  'source',
  'dual',
  'netpol',
] as const

for (const need of NEEDS) {
  Before({ tags: `@needs-${need}`, name: `needs ${need}` }, async function (this: Flatnet) {
    const capability = need === 'netpol' ? await this.bench.policing() : this.topology.capabilities[need]
    if (capability?.has) return undefined
    if (capability?.broken) throw new Trouble(capability.because)
    this.attach(`needs ${need}: ${capability?.because ?? 'not known here'}`, MEDIA.because)
    return 'skipped'
  })
}

Before(function (this: Flatnet, { pickle }) {
  const id = pickle.tags.map((tag) => tag.name.slice(1)).find((name) => /^[A-Z]{1,2}\d\d$/.test(name)) ?? 'none'
  // Rows of one outline run at the same time. The pickle's id keeps their names apart.
  this.name = `${id.toLowerCase()}-${pickle.id
    .replace(/[^a-z0-9]/gi, '')
    .slice(-6)
    .toLowerCase()}`
})

BeforeStep(function (this: Flatnet, { pickle, pickleStep }) {
  this.step = stepOf(pickleStep)
  this.isLast = pickle.steps.at(-1)?.id === pickleStep.id
})

// After the failed step the others are skipped, and After gets only the result of the last one.
AfterStep(function (this: Flatnet, { error }) {
  if (error instanceof NonConformance) this.broken = error
})

After(async function (this: Flatnet, { result }) {
  try {
    this.attach(JSON.stringify(this.seen.evidence(this.broken, this.topology)), MEDIA.evidence)
  } finally {
    await this.discard()
  }
  if (result?.status === Status.PASSED && this.seen.unjudged) {
    throw new Trouble('a conversation failed, and no step of this scenario checked it')
  }
})

AfterAll(closeWorkbenches)

import { After, AfterAll, Before, Status, setDefaultTimeout } from '@cucumber/cucumber'
import { Trouble } from '../contract/errors.ts'
import { closeWorkbenches } from './workbench.ts'
import { type Flatnet, MEDIA } from './world.ts'

// Waits have limits of their own, each with a sentence; this one only catches what hangs.
setDefaultTimeout(600_000)

/** How Allure's adapter is told of labels. */
const ALLURE = 'application/vnd.allure.message+json'

const NEEDS = [
  'multi',
  'namespaces',
  'hostnet',
  'dns',
  'services',
  'observer',
  'masquerade',
  'podcidr',
  'nodes',
  'endpoints',
  'endpointslices',
  'servicecidr',
  'samenode',
  'zones',
  'random',
  'dual',
] as const

for (const need of NEEDS) {
  Before({ tags: `@needs-${need}`, name: `needs ${need}` }, function (this: Flatnet) {
    const capability = this.topology.capabilities[need]
    if (capability?.has) return undefined
    this.attach(`needs ${need}: ${capability?.because ?? 'not known here'}`, MEDIA.because)
    return 'skipped'
  })
}

Before(function (this: Flatnet, { pickle, gherkinDocument }) {
  const id = pickle.tags.map((tag) => tag.name.slice(1)).find((name) => /^[A-Z]{1,2}\d\d$/.test(name)) ?? 'none'
  // Allure's adapter leaves rules out.
  const rules = gherkinDocument.feature?.children.flatMap(({ rule }) => (rule ? [rule] : [])) ?? []
  const rule = rules.find(({ children }) =>
    children.some(({ scenario }) => pickle.astNodeIds.includes(scenario?.id ?? '')),
  )
  if (rule)
    this.attach(JSON.stringify({ type: 'metadata', data: { labels: [{ name: 'story', value: rule.name }] } }), ALLURE)
  // Rows of one outline run side by side: the pickle's own number keeps their names apart.
  this.name = `${id.toLowerCase()}-${pickle.id
    .replace(/[^a-z0-9]/gi, '')
    .slice(-6)
    .toLowerCase()}`
})

After(async function (this: Flatnet, { result }) {
  await this.discard()
  this.attach(JSON.stringify(this.evidence()), MEDIA.evidence)
  if (result?.status === Status.PASSED && this.unjudged) {
    throw new Trouble('a conversation failed and no step of this scenario has looked at it')
  }
})

AfterAll(closeWorkbenches)

import { portsOf } from '../../cluster/pods/plan.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { ProbeRef, ServiceRef, StandingPod } from '../../contract/topology.ts'
import { variableName } from '../../fixtures/variables.ts'
import { type Known, list, type Reports } from './facts.ts'

/** A value that reports are compared with. */
export interface Reference {
  of: (pod: StandingPod, now: Known) => string[]
  /** A report must have all of the values. Without this, one of them is enough. */
  all?: true
  /** The reported values that a failure shows. Without this, it shows all. */
  near?: (reported: string, wanted: readonly string[]) => boolean
}

const firstOf = (pod: StandingPod): ProbeRef | undefined => pod.containers[0]

/** The references, in the words of a Then. */
export const REFERENCES: Readonly<Record<string, Reference>> = {
  "the pod's status.podIP": { of: (pod) => firstOf(pod)?.ips.slice(0, 1) ?? [] },
  "one of the pod's status.podIPs": { of: (pod) => firstOf(pod)?.ips ?? [] },
  "all of the pod's status.podIPs": { of: (pod) => firstOf(pod)?.ips ?? [], all: true },
  "the node's InternalIP": { of: (pod, { nodes }) => nodes.find(({ name }) => name === pod.node)?.internalIPs ?? [] },
  "the pod's name": { of: (pod) => [pod.name] },
  "the pod's spec.hostname": { of: (pod) => [pod.hostname ?? ''] },
  'the address and port of the Service that was created before it': {
    of: (_, { before }) => (before ? variablesOf(before) : []),
    all: true,
    near: (reported, [wanted = '']) => reported.startsWith(wanted.split('_SERVICE_')[0] ?? ''),
  },
  'anything of the Service that was created after it': { of: (_, { after }) => (after ? [`${variable(after)}_`] : []) },
}

const variable = ({ name }: ServiceRef) => variableName(name)

const variablesOf = (service: ServiceRef): string[] => [
  `${variable(service)}_SERVICE_HOST=${service.ip}`,
  `${variable(service)}_SERVICE_PORT=${portsOf(0).tcp}`,
]

/** Compares each container's report with what the API says of its pod. */
function compare(
  reports: readonly Reports[],
  expected: string,
  reference: (pod: StandingPod) => string[],
  holds: (values: readonly string[], wanted: readonly string[]) => boolean,
  near: Reference['near'] = () => true,
  told = (wanted: readonly string[]) => `, not ${list(wanted)}`,
): void {
  if (reports.length === 0) throw new Error('no container has reported anything')
  for (const { pod, values } of reports) {
    const wanted = reference(pod)
    if (wanted.length === 0 || values.length === 0) throw new Error(`pod ${pod.name}: there are no values to compare`)
    const wrong = values.find((each) => !holds(each.values, wanted))
    if (!wrong) continue
    const shown = wrong.values.filter((each) => near(each, wanted))
    throw new NonConformance({
      expected,
      actual: `pod ${pod.name} on ${pod.node}: container ${wrong.container} reports ${list(shown)}${told(wanted)}`,
    })
  }
}

/** Every report has the reference among its values. */
export const claimHas = (reports: readonly Reports[], words: string, reference: Reference, now: Known): void =>
  compare(
    reports,
    `every report has ${words}`,
    (pod) => reference.of(pod, now),
    (values, wanted) => wanted[reference.all ? 'every' : 'some']((each) => values.includes(each)),
    reference.near,
  )

/** Every report is the reference, and nothing more. */
export const claimIs = (reports: readonly Reports[], words: string, reference: Reference, now: Known): void =>
  compare(
    reports,
    `every report is ${words}`,
    (pod) => reference.of(pod, now),
    (values, wanted) => values.length > 0 && values.every((each) => wanted.includes(each)),
  )

/** No report has a value that begins with the reference. */
export const claimHasNone = (reports: readonly Reports[], words: string, reference: Reference, now: Known): void =>
  compare(
    reports,
    `no report has ${words}`,
    (pod) => reference.of(pod, now),
    (values, wanted) => !values.some((each) => wanted.some((word) => each.startsWith(word))),
    (reported, wanted) => wanted.some((word) => reported.startsWith(word)),
    () => ', of a Service that was created after it',
  )

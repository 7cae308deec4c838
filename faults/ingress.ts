import type { V1HTTPIngressPath, V1Ingress, V1IngressRule } from '@kubernetes/client-node'
import { portsOf } from '../cluster/pods/plan.ts'
import { BOTH, type Fault } from './fault.ts'
import { type Change, changed, changedHosts } from './kit/routes.ts'
import { stillReady } from './kit/slices.ts'

type Simple = Pick<Fault, 'id' | 'says' | 'breaks'> & Partial<Pick<Fault, 'on' | 'needs' | 'also'>>

/** The scenarios about rules. They share one controller, which has one set of rules for all. */
const RULES = ['X12', 'X13', 'X14', 'X15', 'X16', 'X17', 'X18', 'X19']

/** A fault that changes the Ingress of each scenario that it claims. */
const fault = (simple: Simple, change: Change, status?: V1Ingress['status']): Fault => ({
  ...{ on: BOTH, needs: ['ingress'], where: 'API' },
  ...simple,
  steps: () => [
    changed(
      simple.breaks.map(({ id }) => id),
      change,
      status,
    ),
  ],
})

const rulesOf = ({ spec }: V1Ingress): V1IngressRule[] => spec?.rules ?? []
const pathsOf = (ingress: V1Ingress): V1HTTPIngressPath[] => rulesOf(ingress).flatMap(({ http }) => http?.paths ?? [])
const anotherHost = (host = '') => host.replace(/^[a-z]+-/, 'another-')

/** Adds rules with the paths of the first one, for these hosts; undefined means all hosts. */
function addHosts(ingress: V1Ingress, hostsFor: (host: string) => (string | undefined)[]): boolean {
  const [{ host: first = '', ...rest } = {}] = rulesOf(ingress)
  for (const host of hostsFor(first)) rulesOf(ingress).push({ ...rest, ...(host !== undefined && { host }) })
  return true
}

export const ingress: Fault[] = [
  fault(
    {
      id: 'ingress-host-of-another',
      says: 'A chart renders an Ingress with the host of another stage, so its own host reaches no backend.',
      breaks: [{ id: 'X12' }, { id: 'X13' }],
    },
    (found) => {
      for (const rule of rulesOf(found)) rule.host = anotherHost(rule.host)
      return true
    },
  ),
  fault(
    {
      id: 'ingress-without-address',
      says: 'An Ingress names a class without a controller, so it never gets an address and no DNS record is made.',
      breaks: [{ id: 'X12' }],
    },
    ({ spec }) => {
      if (spec) spec.ingressClassName = 'flatnet-foreign'
      return true
    },
    { loadBalancer: {} },
  ),
  fault(
    {
      id: 'ingress-for-all-hosts',
      says: 'A rule without a host is added to an Ingress, so requests for unknown hosts reach its backend.',
      breaks: [{ id: 'X13' }],
      also: { ids: RULES, because: 'the rule takes the requests of all hosts of the controller' },
    },
    (found) => addHosts(found, () => [undefined]),
  ),
  fault(
    {
      id: 'ingress-wildcard-deep',
      says: 'A controller takes a wildcard host for any number of labels, as a shell does.',
      breaks: [{ id: 'X14', rows: /^(two labels|no label)/ }],
    },
    (found) => addHosts(found, (host) => [host.replace(/^\*/, '*.two'), host.replace(/^\*\./, '')]),
  ),
  fault(
    {
      id: 'ingress-exact-as-prefix',
      says: 'A controller treats the path type Exact like Prefix, so paths below it reach the backend.',
      breaks: [{ id: 'X15', rows: /^the path Exact \/foo, \/foo\/,/ }],
    },
    (found) => {
      const [path, ...others] = pathsOf(found)
      if (!path || others.length > 0) return false
      path.pathType = 'Prefix'
      return true
    },
  ),
  fault(
    {
      id: 'ingress-wrong-precedence',
      says: 'A controller prefers the shorter of two prefixes, so requests reach the backend of the path above.',
      breaks: [{ id: 'X15', rows: /and \/aaa, \/aaa\// }],
    },
    (found) => {
      const [, longer, shorter] = pathsOf(found)
      if (!longer || !shorter) return false
      ;[longer.backend, shorter.backend] = [shorter.backend, longer.backend]
      return true
    },
  ),
  fault(
    {
      id: 'ingress-without-case',
      says: 'A controller compares paths without their case, as a file server of another system does.',
      breaks: [{ id: 'X15', rows: /, \/FOO,/ }],
    },
    (found) => {
      for (const { http } of rulesOf(found))
        http?.paths.push(...http.paths.map((path) => ({ ...path, path: path.path?.toUpperCase() ?? '/' })))
      return true
    },
  ),
  fault(
    {
      id: 'ingress-default-lost',
      says: 'The Service of a default backend was renamed, and the Ingress still names the old one.',
      breaks: [{ id: 'X16' }],
      needs: ['own-ingress'],
    },
    ({ spec }) => {
      const service = spec?.defaultBackend?.service
      if (service) service.name = `${service.name}-old`
      return service !== undefined
    },
  ),
  fault(
    {
      id: 'ingress-certificate-missing',
      says: 'An Ingress lost the Secret of one host, so its clients get the certificate of the controller.',
      breaks: [{ id: 'X17' }],
    },
    ({ spec }) => {
      spec?.tls?.shift()
      return true
    },
  ),
  fault(
    {
      id: 'ingress-certificate-of-another',
      says: 'Two hosts of an Ingress name each other’s Secrets, so browsers refuse both.',
      breaks: [{ id: 'X17' }],
      // Traefik chooses by the names in the certificates, whatever the Ingress says.
      on: ['reference'],
    },
    ({ spec }) => {
      const [first, second] = spec?.tls ?? []
      if (!first || !second) return false
      ;[first.hosts, second.hosts] = [second.hosts ?? [], first.hosts ?? []]
      return true
    },
  ),
  fault(
    {
      id: 'ingress-foreign-class-served',
      says: 'A controller serves Ingresses of classes that are not its own, so two controllers fight over an address.',
      breaks: [{ id: 'X18' }],
    },
    ({ spec }, { topology }) => {
      if (spec && topology.ingress) spec.ingressClassName = topology.ingress.className
      return true
    },
  ),
  {
    id: 'ingress-backend-left',
    says: 'EndpointSlices without a controller keep backends that have left, and the Ingress controller follows them.',
    breaks: [{ id: 'X19' }],
    where: 'API',
    on: BOTH,
    needs: ['ingress'],
    steps: () => [stillReady('X19', 'web', portsOf(0).http)],
  },
  {
    id: 'route-for-another-host',
    says: 'An HTTPRoute is applied with the host of another stage, so the Gateway has no route for its own.',
    breaks: [{ id: 'X20' }],
    where: 'API',
    on: BOTH,
    needs: ['gatewayapi'],
    steps: () => [changedHosts('X20', anotherHost)],
  },
]

import { isMeant, type Observed, show } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { Addresses } from '../../fixtures/requests.ts'
import { NO_BACKEND, promised, type Routing } from '../../fixtures/routing.ts'
import type { HttpRequest, Outcome } from '../../probe/protocol.ts'
import { failureOf } from '../conversations/messages.ts'

function requestOf({ outcome: { dial } }: Observed): HttpRequest {
  if (!dial.request) throw new Error('this conversation is no request')
  return dial.request
}

/** The backend of the scenario that answered, in the words of a Then. */
function reachedBy({ server }: Outcome, { targets }: Routing): string {
  if (!server) return NO_BACKEND
  const found = Object.entries(targets).find(([, target]) => isMeant(target, server.identity))
  if (found) return found[0]
  const isBesideBackend = Object.values(targets).some(({ by }) => by.some(({ uid }) => uid === server.identity.uid))
  return isBesideBackend ? 'another container of a backend' : NO_BACKEND
}

/** The host whose certificate was given; undefined if the certificate is none of the scenario's. */
const certificateOf = ({ reply }: Outcome, { certificates }: Routing): string | undefined =>
  Object.entries(certificates).find(([, fingerprint]) => fingerprint === reply?.certificate?.fingerprint)?.[0]

/** Whether a request reached the backend that the rules promise, with the certificate of its host. */
export function isPromised(observed: Observed, routing: Routing): boolean {
  const request = requestOf(observed)
  const reached = reachedBy(observed.outcome, routing)
  return reached === promised(routing, request) && (!request.tls || hasOwnCertificate(observed, routing))
}

function hasOwnCertificate(observed: Observed, routing: Routing): boolean {
  const { host } = requestOf(observed)
  return certificateOf(observed.outcome, routing) === (host in routing.certificates ? host : undefined)
}

/** Every request reached the backend with these words. @throws Error if the rules promise another one. */
export function claimReached(all: readonly Observed[], routing: Routing, words: string): void {
  if (all.length === 0) throw new Error('no request was observed')
  const wrong = all.find((each) => promised(routing, requestOf(each)) !== words)
  if (wrong) throw new Error(`in this scenario a request must reach ${promised(routing, requestOf(wrong))}`)
  const bad = all.filter(({ outcome }) => reachedBy(outcome, routing) !== words)
  const [first] = bad
  if (!first) return
  throw new NonConformance({
    expected: `the request reaches ${words}`,
    actual: `${titleOf(first)} ${reachOf(first, routing)}`,
    where: `${bad.length} of ${all.length} requests were routed like this. The rules are ${rulesOf(routing)}.`,
    outcomes: bad.map(({ outcome }) => outcome),
  })
}

/** Names a request: its URL, its client and the address that was dialled. */
function titleOf(observed: Observed): string {
  const { host, path, tls } = requestOf(observed)
  const { dial } = observed.outcome
  return `GET ${tls ? 'https' : 'http'}://${host}${path} from ${observed.from.pod} to ${show({ ip: dial.host, port: dial.port })}`
}

function reachOf({ outcome }: Observed, routing: Routing): string {
  const { server, reply } = outcome
  if (!server) return reply ? `got status ${reply.status}, and no pod answered` : `failed: ${failureOf(outcome)}`
  const { pod, container } = server.identity
  const words = reachedBy(outcome, routing)
  return `reached ${pod}/${container}, ${words === NO_BACKEND ? 'which is no backend of this scenario' : words}`
}

const rulesOf = ({ rules, fallback }: Routing): string =>
  [...rules.map(({ host, type, path }) => `${host} ${type} ${path}`), ...(fallback ? [fallback] : [])].join(', ') ||
  'of a class that no controller serves'

/** Every host got the certificate of its own Secret, and no other host got one of them. */
export function claimOwnCertificates(all: readonly Observed[], routing: Routing): void {
  if (all.length === 0) throw new Error('no request was observed')
  const bad = all.filter((each) => !hasOwnCertificate(each, routing))
  const [first] = bad
  if (!first) return
  throw new NonConformance({
    expected: 'the certificate is that of the Secret for its host',
    actual: `${titleOf(first)} ${givenTo(first, routing)}`,
    outcomes: bad.map(({ outcome }) => outcome),
  })
}

function givenTo(observed: Observed, routing: Routing): string {
  const { certificate } = observed.outcome.reply ?? {}
  if (!certificate) return reachOf(observed, routing)
  const owner = certificateOf(observed.outcome, routing)
  if (owner !== undefined) return `got the certificate of the Secret for ${owner}`
  return `got a certificate of no Secret of this scenario, for ${certificate.names || 'no name'}`
}

/** The controller published addresses for the object of the scenario, or (`has` is false) it published none. */
export function claimPublished({ subject, later }: Addresses, routing: Routing, has: boolean): void {
  if ((subject !== undefined) === has) return
  const { name } = routing.subject
  throw new NonConformance({
    expected: has ? 'the Ingress has an address' : 'an Ingress of another class has no address',
    actual: has
      ? `${name} has none, although ${routing.later.name}, which was created later, has ${later.join(', ')}`
      : `${name} has the address ${subject?.join(', ')}`,
  })
}

import { NO_BACKEND, type Routing } from '../../fixtures/routing.ts'
import type { HttpRequest } from '../../probe/protocol.ts'

/** The requests of a When, for the host of a scenario. */
export type Ask = (routing: Pick<Routing, 'host' | 'certificates'>) => HttpRequest[]

const plain =
  (hostFor: (host: string) => string): Ask =>
  ({ host }) => [{ host: hostFor(host), path: '/' }]

const another = (host: string) => host.replace(/^[a-z]+-/, 'another-')

const PATHS = ['/foo', '/foo/', '/FOO', '/bar', '/aaa/bbb', '/aaa/bbb/', '/aaa/bbb/ccc', '/aaa/ccc', '/aaaccc']

/** The requests, in the words of a When. */
export const REQUESTS: Readonly<Record<string, Ask>> = {
  'a request for the host of the rule': plain((host) => host),
  'a request for another host': plain(another),
  'a request for one label in place of the wildcard': plain((host) => `one.${host}`),
  'a request for two labels in place of the wildcard': plain((host) => `one.two.${host}`),
  'a request for no label in place of the wildcard': plain((host) => host),
  'a TLS request for each of the hosts and for another one': ({ host, certificates }) =>
    [...Object.keys(certificates), another(host)].map((each) => ({ host: each, path: '/', tls: true })),
  ...Object.fromEntries(PATHS.map((path): [string, Ask] => [`a request for ${path}`, ({ host }) => [{ host, path }]])),
}

const backends = (...paths: string[]) => paths.map((path) => `the backend of ${path}`)

/** Whom a request reaches, in the words of a Then. */
export const REACHED = [
  NO_BACKEND,
  'the backend of the rule',
  'the default backend',
  ...backends('Exact /foo', 'Exact /foo/', 'Prefix /foo', 'Prefix /aaa/bbb', 'Prefix /aaa', 'Prefix /aaa/bbb/'),
]

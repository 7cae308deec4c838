import { setTimeout as delay } from 'node:timers/promises'
import { apiTrouble } from './trouble.ts'

/** The part of a call's parameters that says what it is about. */
interface About {
  name?: string
  namespace?: string
  body?: { metadata?: { name?: string } }
}

const CALL = /^(create|read|list|replace|patch|delete(?:Collection)?)(?:Namespaced)?([A-Z]\w*?)(?:ForAllNamespaces)?$/

/** Kinds that everybody writes as words. */
const WORDS: Readonly<Record<string, string>> = { Namespace: 'namespace', Node: 'node', Pod: 'pod' }

const pluralOf = (noun: string) => (noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`)

/** What a call of a typed client does, by the name of its method: `create pod x in namespace y`. */
export function doing(method: string, { name, namespace, body }: About = {}): string {
  const [, verb = '', kind = ''] = CALL.exec(method) ?? []
  if (verb === '') return `ask the API server (${method})`
  const noun = WORDS[kind] ?? kind
  const one = name ?? body?.metadata?.name
  const many = verb === 'list' || verb === 'deleteCollection'
  const what = many ? pluralOf(noun) : `${noun}${one === undefined ? '' : ` ${one}`}`
  return `${verb === 'deleteCollection' ? 'delete' : verb} ${what}${namespace === undefined ? '' : ` in namespace ${namespace}`}`
}

/** The most times that a call is sent again, and the longest wait before it. Kubernetes' own clients do the same. */
const SENT_AGAIN = 10
const LONGEST_MS = 10_000

/** A call, sent again as long as a busy API server asks for it: it has not done anything, and says when to come back (Retry-After). */
async function patiently(call: () => Promise<unknown>): Promise<unknown> {
  for (let again = 0; ; again++) {
    try {
      return await call()
    } catch (error) {
      const ms = comeBackMs(error)
      if (ms === undefined || again === SENT_AGAIN) throw error
      await delay(ms)
    }
  }
}

/** When to send a call again, in milliseconds; undefined if the server has not asked for it. */
function comeBackMs(error: unknown): number | undefined {
  const { code, headers } = (error ?? {}) as { code?: unknown; headers?: Record<string, string> }
  if (typeof code !== 'number' || (code !== 429 && code < 500)) return undefined
  const seconds = Number(headers?.['retry-after'] ?? Number.NaN)
  return seconds >= 0 ? Math.min(LONGEST_MS, seconds * 1_000) : undefined
}

/** A typed client whose calls reject with a harness error that says what it was doing and where it went wrong. */
export const worded = <Client extends object>(client: Client, server: string): Client =>
  new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) =>
        patiently(() => method.apply(target, args) as Promise<unknown>).catch((error: unknown) => {
          throw apiTrouble(error, doing(String(name), args[0] as About | undefined), server)
        })
    },
  })

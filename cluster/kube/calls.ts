import { setTimeout as delay } from 'node:timers/promises'
import { RUN } from '../../contract/labels.ts'
import { apiTrouble, rootCause } from './trouble.ts'

interface Labelled {
  metadata?: { name?: string; labels?: Record<string, string> }
}

/** The part of a call's parameters that says what it is about. */
interface About {
  name?: string
  namespace?: string
  body?: Labelled
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

/** How long an API server that has answered before may be down, in milliseconds: one that is restarted is back within seconds. */
const DOWN_MS = 20_000
/** The wait before a call that did not succeed is sent again. */
const PAUSE_MS = 500
/** How often a call that may be sent twice is sent again if the server fails. */
const FAILURES = 3

/** Calls that may be sent twice: a second deletion finds nothing, or deletes what came since. */
const HARMLESS = /^(read|list|get|delete)/
const CREATES = /^create/
const REFUSED = /\bECONNREFUSED\b/
/** The connection ended while the call was under way, so it is not known whether it had its effect. */
const CUT_OFF = /\b(ECONNRESET|EPIPE|UND_ERR_SOCKET)\b|socket hang up/

/** Whether an API server is there. All clients of a cluster share it. */
export class Presence {
  #hasAnswered = false
  #goneSince: number | undefined

  answered(): void {
    this.#hasAnswered = true
    this.#goneSince = undefined
  }

  /** Whether a call that got no answer may be sent again, because the server has been there and may be back soon. */
  mayReturn(error: unknown, mayRepeat: boolean): boolean {
    const { code, words } = rootCause(error)
    const found = `${code} ${words}`
    if (!this.#hasAnswered || !(REFUSED.test(found) || (mayRepeat && CUT_OFF.test(found)))) return false
    this.#goneSince ??= performance.now()
    return performance.now() - this.#goneSince < DOWN_MS
  }
}

/** Sends again what did not reach a server that is being restarted. */
export async function whilePresent<T>(presence: Presence, call: () => Promise<T>, mayRepeat = false): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!presence.mayReturn(error, mayRepeat)) throw error
      await delay(PAUSE_MS)
    }
  }
}

/**
 * A call, sent again as long as a busy API server asks for it: it has not done anything, and says when to come back (Retry-After). One
 * that may be sent twice is also sent again if the server fails.
 */
async function patiently(call: () => Promise<unknown>, mayRepeat: boolean): Promise<unknown> {
  let failures = 0
  for (let again = 0; ; again++) {
    try {
      return await call()
    } catch (error) {
      const ms = comeBackMs(error) ?? (mayRepeat && hasFailed(error) && failures++ < FAILURES ? PAUSE_MS : undefined)
      if (ms === undefined || again === SENT_AGAIN) throw error
      await delay(ms)
    }
  }
}

const hasFailed = (error: unknown): boolean => Number((error as { code?: unknown } | null)?.code) >= 500

/** When to send a call again, in milliseconds; undefined if the server has not asked for it. */
function comeBackMs(error: unknown): number | undefined {
  const { code, headers } = (error ?? {}) as { code?: unknown; headers?: Record<string, string> }
  if (typeof code !== 'number' || (code !== 429 && code < 500)) return undefined
  const seconds = Number(headers?.['retry-after'] ?? Number.NaN)
  return seconds >= 0 ? Math.min(LONGEST_MS, seconds * 1_000) : undefined
}

/** Whether a call creates an object that has a name and belongs to a run. A second one finds what the first has created. */
const isOwnCreation = (method: string, { body }: About = {}): boolean =>
  CREATES.test(method) && body?.metadata?.name !== undefined && body.metadata.labels?.[RUN] !== undefined

/**
 * Sends a creation that may have been sent before, with an unknown effect. If its object exists by now and belongs to the same run, it is
 * the one that the first call has created.
 */
async function createAgain(client: object, method: string, about: About, create: () => Promise<unknown>) {
  try {
    return await create()
  } catch (error) {
    const read: unknown = Reflect.get(client, method.replace(CREATES, 'read'))
    if ((error as { code?: unknown }).code !== 409 || typeof read !== 'function') throw error
    const { name, labels } = about.body?.metadata ?? {}
    const found = (await read.call(client, { ...about, name }).catch(() => undefined)) as Labelled | undefined
    if (found?.metadata?.labels?.[RUN] !== labels?.[RUN]) throw error
    return found
  }
}

/** A typed client whose calls reject with a harness error that says what it was doing and where it went wrong. */
export const worded = <Client extends object>(client: Client, server: string, presence: Presence): Client =>
  new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        const about = args[0] as About | undefined
        const creates = isOwnCreation(String(name), about)
        const mayRepeat = creates || HARMLESS.test(String(name))
        let sent = 0
        const send = (): Promise<unknown> => {
          const call = () => method.apply(target, args) as Promise<unknown>
          return creates && sent++ > 0 ? createAgain(target, String(name), about ?? {}, call) : call()
        }
        return patiently(() => whilePresent(presence, send, mayRepeat), mayRepeat).catch((error: unknown) => {
          throw apiTrouble(error, doing(String(name), about), server)
        })
      }
    },
  })

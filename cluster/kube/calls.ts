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

/** A typed client whose calls reject with a harness error that says what it was doing and where it went wrong. */
export const worded = <Client extends object>(client: Client, server: string): Client =>
  new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) =>
        (method.apply(target, args) as Promise<unknown>).catch((error: unknown) => {
          throw apiTrouble(error, doing(String(name), args[0] as About | undefined), server)
        })
    },
  })

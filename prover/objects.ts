import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { KubeApi } from '../cluster/kube/api.ts'
import { Trouble } from '../contract/errors.ts'

/** The time limit of one request to the API. */
const LIMIT_MS = 15_000

/** Reads an object of the API; undefined if it does not exist. */
export const read = (api: KubeApi, path: string): Promise<unknown> => ask(api, 'GET', path)

/** Creates an object in a collection. */
export const create = (api: KubeApi, collection: string, object: object): Promise<unknown> =>
  ask(api, 'POST', collection, object)

/** Deletes an object without a grace period. It is no error if the object does not exist. */
export const remove = (api: KubeApi, path: string): Promise<unknown> =>
  ask(api, 'DELETE', path, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 })

/** How often a patch is sent that meets another change of its object. */
const ATTEMPTS = 5

/** Merges a patch into an object of the API. A controller may change the object at the same moment, so a conflict (409) is tried again. */
export async function write(api: KubeApi, path: string, patch: object): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(api, 'PATCH', path, patch)
    } catch (error) {
      const isConflict = error instanceof Trouble && error.message.startsWith(`PATCH ${path}: 409 `)
      if (!isConflict || attempt === ATTEMPTS) throw error
    }
  }
}

async function ask(api: KubeApi, method: string, path: string, body?: object): Promise<unknown> {
  const options: Parameters<typeof request>[1] & { headers?: Record<string, string> } = { method, timeout: LIMIT_MS }
  await api.config.applyToHTTPSOptions(options)
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const words = body === undefined ? '' : JSON.stringify(body)
  // For a DELETE with a body, Node sends neither content-length nor transfer-encoding by itself.
  const length = String(Buffer.byteLength(words))
  const headers = { ...options.headers, accept: 'application/json', 'content-type': type, 'content-length': length }
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const asking = request(new URL(path, api.server), { ...options, headers }, (answer) => {
    text(answer).then((said) => {
      if (answer.statusCode === 404 && method !== 'PATCH' && method !== 'POST') resolve(undefined)
      else if ((answer.statusCode ?? 500) < 300) resolve(said)
      else reject(new Trouble(`${method} ${path}: ${answer.statusCode} ${messageOf(said)}`))
    }, reject)
  })
  asking.on('timeout', () => asking.destroy(new Trouble(`${method} ${path}: no answer in ${LIMIT_MS / 1000} s`)))
  asking.on('error', reject)
  asking.end(words)
  const told = await promise
  return told === undefined ? undefined : JSON.parse(told)
}

const messageOf = (words: string): string => {
  try {
    return (JSON.parse(words) as { message?: string }).message ?? words
  } catch {
    return words
  }
}

/** Whether `whole` contains every field of `part` with the same value. Arrays must be equal. */
export function contains(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part)) return JSON.stringify(whole) === JSON.stringify(part)
  if (typeof part !== 'object' || part === null) return (whole ?? null) === part
  return Object.entries(part).every(([key, value]) =>
    contains((whole as Record<string, unknown> | undefined)?.[key], value),
  )
}

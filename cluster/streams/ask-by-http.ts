import { request } from 'node:http'
import { text } from 'node:stream/consumers'

/**
 * Sends a GET, or with a body a POST, and gives the text of the answer. fetch would refuse some ports.
 * @throws Error if there is no answer within `ms` milliseconds.
 */
export async function askByHttp(url: string, ms: number, body?: string): Promise<string> {
  const signal = AbortSignal.timeout(ms)
  const { promise, resolve, reject } = Promise.withResolvers<Promise<string>>()
  const call = request(url, { method: body === undefined ? 'GET' : 'POST', agent: false, signal }, (reply) =>
    resolve(text(reply)),
  )
  call.on('error', reject)
  call.end(body)
  try {
    return await promise
  } catch (error) {
    // The answer may also have begun and not ended.
    throw signal.aborted ? new Error(`no answer within ${ms / 1000} s`) : error
  }
}

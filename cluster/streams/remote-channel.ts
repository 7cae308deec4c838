import { sentence } from '../../contract/errors.ts'
import type { Channel } from '../kube/exec.ts'
import { askByHttp } from './ask-by-http.ts'

const ASK_MS = 10_000

/** Sends each line as the body of a POST, and gives the body of the answer. For an observer that the user has started. */
export function openRemoteChannel(url: string, onLine: (line: string) => void): Channel {
  const closed = Promise.withResolvers<string>()
  const ask = async (line: string) => {
    try {
      onLine(await askByHttp(url, ASK_MS, line))
    } catch (error) {
      closed.resolve(`${url} does not answer: ${sentence(error)}`)
    }
  }
  return { send: (line) => void ask(line), close: () => closed.resolve('closed'), closed: closed.promise }
}

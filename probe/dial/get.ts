import { request } from 'node:http'
import { deadline } from '../deadline.ts'
import type { GetAnswer, GetAsk } from '../protocol.ts'

/** Sends one GET on a new connection, and gives the status of the answer, or the error. It does not read the body. */
export function getStatus({ host, port, path, deadline: ms }: GetAsk): Promise<GetAnswer> {
  const { promise, resolve } = Promise.withResolvers<GetAnswer>()
  const call = request({ host, port, path, agent: false })
  const end = (answer: GetAnswer) => {
    off()
    call.destroy()
    resolve(answer)
  }
  const off = deadline(ms, () => end({ code: 'ETIMEDOUT', detail: 'no answer' }))
  call.on('error', (error: NodeJS.ErrnoException) => end({ code: error.code ?? error.name, detail: error.message }))
  call.on('response', ({ statusCode = 0 }) => end({ status: statusCode }))
  call.end()
  return promise
}

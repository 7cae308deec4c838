import net from 'node:net'
import { createInterface } from 'node:readline'
import type { Question } from './prober.ts'

// Importing node:http as an ES module loads all of its exports, with undici: 6 MB on every node.
const http = process.getBuiltinModule('node:http')

// The process that probes from a node's network namespace. It reads a Question from each line of stdin, as JSON, and
// writes the result as a line of JSON.
createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, ...question } = JSON.parse(line) as Question & { id: number }
    const ask = question.http ? askHttp : question.grpc === undefined ? askTcp : askGrpc
    const failure = await ask(question).then(
      () => undefined,
      (error: Error) => error.message,
    )
    process.stdout.write(`${JSON.stringify({ id, failure })}\n`)
  })
  .on('close', () => process.exit())

function askTcp({ host, port, milliseconds }: Question): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, timeout: milliseconds })
    socket.on('timeout', () => socket.destroy(new Error(`dial tcp ${joined(host, port)}: i/o timeout`)))
    socket.on('error', (error) => reject(new Error(reasonOf(error, host, port))))
    socket.on('connect', () => {
      socket.destroy()
      resolve()
    })
  })
}

function askHttp({ host, port, milliseconds, http: question = {} }: Question): Promise<void> {
  const { path = '/', scheme = 'HTTP', httpHeaders = [] } = question
  const url = `${scheme.toLowerCase()}://${joined(host, port)}${path.startsWith('/') ? '' : '/'}${path}`
  const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]))
  return new Promise((resolve, reject) => {
    const request = (scheme === 'HTTPS' ? process.getBuiltinModule('node:https') : http).get(url, {
      agent: false,
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(milliseconds),
      headers: { 'user-agent': 'kube-probe/1.36', accept: '*/*', connection: 'close', ...headers },
    })
    request.on('response', (response) => {
      response.resume()
      const { statusCode = 0 } = response
      if (statusCode >= 200 && statusCode < 400) resolve()
      else reject(new Error(`HTTP probe failed with statuscode: ${statusCode}`))
    })
    request.on('error', (error) => reject(new Error(`Get ${JSON.stringify(url)}: ${reasonOf(error, host, port)}`)))
  })
}

/** The health service of gRPC: a request names a service, and the bytes 08 01 in the answer mean SERVING. */
function askGrpc({ host, port, milliseconds, grpc = '' }: Question): Promise<void> {
  const session = process.getBuiltinModule('node:http2').connect(`http://${joined(host, port)}`)
  const name = Buffer.from(grpc)
  const request = Buffer.concat([name.length > 0 ? Buffer.from([0x0a, name.length]) : name, name])
  return new Promise<void>((resolve, reject) => {
    session.on('error', (error) => reject(new Error(`rpc error: ${reasonOf(error, host, port)}`)))
    session.setTimeout(milliseconds, () =>
      reject(new Error(`timeout: health rpc did not complete within ${milliseconds}ms`)),
    )
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', reject)
    stream.on('end', () => {
      const answer = Buffer.concat(chunks).subarray(5)
      if (answer[0] === 8 && answer[1] === 1) resolve()
      else reject(new Error('service unhealthy (responded with "NOT_SERVING")'))
    })
    stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, request.length]), request]))
  }).finally(() => session.destroy())
}

/** The reason of a failed connection, in the words of a real kubelet. */
function reasonOf(error: Error & { code?: string }, host: string, port: number): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: `dial tcp ${joined(host, port)}: connect: connection refused`,
    EHOSTUNREACH: `dial tcp ${joined(host, port)}: connect: no route to host`,
    ENETUNREACH: `dial tcp ${joined(host, port)}: connect: network is unreachable`,
    ECONNRESET: `read tcp ->${joined(host, port)}: read: connection reset by peer`,
    ABORT_ERR: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  }
  return reasons[error.code ?? ''] ?? error.message
}

function joined(host: string, port: number): string {
  return net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

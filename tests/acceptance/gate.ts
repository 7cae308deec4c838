import type { IncomingMessage } from 'node:http'
import { createServer, request as forward } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'node:tls'
import { KubeConfig } from '@kubernetes/client-node'
import { issueCertificates } from '../../reference/api/certificates.ts'
import { kubeconfigText } from '../../reference/api/kubeconfig.ts'
import { type Refusal, refuse } from './fake-api.ts'

/** A gate before a real API: what it does not refuse goes through, streams included. */
export interface Gate extends AsyncDisposable {
  readonly kubeconfig: string
}

/** What a gate does to requests and streams besides refusing some; times are in milliseconds. */
export interface Bends {
  /** The body of the answer to a request that does not go through. */
  answers?: (verb: string, path: string) => unknown
  /** Changes the body of a request, as a mutating webhook does. */
  admits?: (verb: string, path: string, body: Sent, query: string) => void
  /** How long a request waits before it goes through. */
  delay?: () => number
  /** After how long a watch is cut off; undefined leaves it. */
  cutWatch?: () => number | undefined
  /** After how long a stream into a container is cut off; undefined leaves it. */
  cutStream?: () => number | undefined
  /** When the API goes down, and for how long: all connections end, and nobody listens at its address. */
  down?: { after: number; for: number }
}

/** An object that a client sends, as far as a gate changes it. */
export interface Sent {
  metadata?: { name?: string }
  // biome-ignore lint/suspicious/noExplicitAny: a webhook may write whatever it likes.
  spec?: any
}

/** Puts a gate before the API of this kubeconfig, for its first user, which holds a client certificate. */
export async function gateBefore(
  kubeconfig: string,
  refuses: (verb: string, path: string, query: string) => Refusal | undefined,
  { answers, admits, delay: late, cutWatch, cutStream, down }: Bends = {},
): Promise<Gate> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const { hostname, port } = new URL(config.getCurrentCluster()?.server ?? '')
  const pem = (data = '') => Buffer.from(data, 'base64')
  const user = config.getCurrentUser()
  const behind = {
    host: hostname,
    port: Number(port),
    ca: pem(config.getCurrentCluster()?.caData),
    cert: pem(user?.certData),
    key: pem(user?.keyData),
  }
  const certificates = await issueCertificates(['127.0.0.1'])
  const { certificate: cert, key } = certificates.server
  const cutAfter = (
    ms: number | undefined,
    cut: () => void,
    socket: { once(event: 'close', act: () => void): unknown },
  ) => {
    if (ms === undefined) return
    const timer = setTimeout(cut, ms)
    socket.once('close', () => clearTimeout(timer))
  }
  const server = createServer({ cert, key }, async (request, response) => {
    const { method = '', url = '', headers } = request
    const [path = '', query = ''] = url.split('?')
    const refusal = refuses(method, path, query)
    if (refusal) {
      request.resume()
      return refuse(response, refusal)
    }
    const given = answers?.(method, path)
    if (given !== undefined) {
      request.resume()
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(given))
    }
    if (late) await delay(late())
    const body =
      admits && method === 'POST' ? await admitted(request, (sent) => admits(method, path, sent, query)) : undefined
    if (body) headers['content-length'] = `${body.length}`
    if (query.includes('watch=true')) cutAfter(cutWatch?.(), () => response.destroy(), response)
    const onward = forward({ ...behind, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      response.flushHeaders()
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    if (body) onward.end(body)
    else request.pipe(onward)
  })
  // A connection that ends between two requests would fail the second one.
  server.keepAliveTimeout = 600_000
  // `closeAllConnections` knows neither streams nor those that are still in their TLS handshake.
  const connections = new Set<Duplex>()
  server.on('connection', (socket: Duplex) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    const onward = connect(behind, () => {
      const { rawHeaders: raw } = request
      const lines = raw.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${raw[i + 1]}`] : []))
      onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
      onward.write(head)
      onward.pipe(socket).pipe(onward)
      cutAfter(cutStream?.(), () => socket.destroy(), socket)
    })
    for (const [one, other] of [
      [onward, socket],
      [socket, onward],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const connection of connections) connection.destroy()
    await closed
  }
  await listen(0)
  const { port: own } = server.address() as AddressInfo
  const over = new AbortController()
  const restart = async ({ after, for: ms }: NonNullable<Bends['down']>) => {
    const { signal } = over
    await delay(after, undefined, { signal })
    await close()
    await delay(ms, undefined, { signal })
    await listen(own)
  }
  const restarting = down ? restart(down).catch(() => undefined) : undefined
  return {
    kubeconfig: kubeconfigText(`https://127.0.0.1:${own}`, certificates),
    [Symbol.asyncDispose]: async () => {
      over.abort()
      await restarting
      await close()
    },
  }
}

/** The body of a request, changed. */
async function admitted(request: IncomingMessage, change: (body: Sent) => void): Promise<Buffer> {
  const body = await json(request)
  change(body as Sent)
  return Buffer.from(JSON.stringify(body))
}

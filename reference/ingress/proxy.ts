import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { createProxyServer } from 'httpxy'
import type { Endpoint } from './backends.ts'
import { agentTo } from './connection.ts'
import { hostOf } from './hosts.ts'
import type { Table } from './table.ts'
import { drawShare } from './targets.ts'

/** Handlers for the events of an HTTP server. */
export interface Proxy {
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** Sends every request to an endpoint that the table of that moment gives for it. */
export function createProxy(table: () => Table): Proxy {
  const proxy = createProxyServer({ xfwd: true, target: { host: 'backend', protocol: 'http:' } })
  const turn = turns()
  proxy.on('error', (_error, _request, response) => {
    if (response && 'writeHead' in response) refuse(response, 502)
    else response?.end(statusLine(502))
  })
  // The connection to the backend serves one request; that of the client may serve more.
  proxy.on('proxyRes', ({ headers }) => void delete headers.connection)

  /** The endpoints for a request in the order in which they are tried, or the status that answers it. */
  function route(request: IncomingMessage): Endpoint[] | number {
    const { find, endpoints } = table()
    const { host, path } = addressOf(request)
    const target = find(host, path, (request.socket as TLSSocket).encrypted)
    if (!target) return 404
    const backend = drawShare(target)?.backend
    if (!backend) return 500
    const found = endpoints(backend)
    return found.length > 0 ? turn(`${backend.namespace}/${backend.service}/${backend.port}`, found) : 503
  }

  return {
    request(request, response) {
      const routed = route(request)
      if (typeof routed === 'number') return refuse(response, routed)
      // Errors of the backend reach the listener above. What is left is a client that is gone.
      proxy.web(request, response, { agent: agentTo(routed) }).catch(() => {})
    },
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const routed = route(request)
      if (typeof routed === 'number') return void socket.end(statusLine(routed))
      proxy.ws(request, socket as Socket, { agent: agentTo(routed) }, head).catch(() => {})
    },
  }
}

/**
 * The host and the path that a request names. Clients do not choose what backends read in the X-Forwarded headers, so
 * those of the client are deleted.
 */
function addressOf(request: IncomingMessage): { host: string; path: string } {
  for (const name of ['for', 'host', 'port', 'proto']) delete request.headers[`x-forwarded-${name}`]
  const { url = '/' } = request
  const absolute = /^https?:\/\/([^/?]*)/i.exec(url)
  if (absolute) {
    request.url = url.slice(absolute[0].length) || '/'
    request.headers.host = absolute[1] ?? ''
  }
  const [path = ''] = (request.url ?? '').split('?')
  return { host: hostOf(request.headers.host), path: path || '/' }
}

/** Rotates a list: with each call for a key, another element is the first. */
function turns() {
  const counts = new Map<string, number>()
  return <T>(key: string, list: readonly T[]): T[] => {
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    const start = count % list.length
    return [...list.slice(start), ...list.slice(0, start)]
  }
}

const reasons: Readonly<Record<number, string>> = {
  404: 'no rule and no default backend takes this request',
  500: 'the backend of this rule is not usable',
  502: 'the backend failed',
  503: 'the Service has no ready endpoint',
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${reasons[status]}\n`)
}

const statusLine = (status: number) =>
  `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`

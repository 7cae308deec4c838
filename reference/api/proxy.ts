import { type IncomingMessage, type OutgoingHttpHeaders, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { text } from 'node:stream/consumers'
import { hostAndPort } from '../host-and-port.ts'
import { rewriteLinks, rewriteLocation } from './proxy-links.ts'
import { type ProxyTarget, targetOf } from './proxy-target.ts'
import type { RequestInfo } from './request.ts'
import { type Exchange, sendJson } from './responses.ts'
import { unavailable } from './status.ts'
import type { ApiStore } from './store.ts'

/** Headers of one hop, and those that the next hop gets from its own client. */
const ofOneHop = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'host', 'accept-encoding']

/**
 * Sends a request for pods/proxy or services/proxy on to the pod or to an endpoint, and the response back. Links in pages
 * lead through the proxy again.
 * @throws StatusError when there is no target.
 */
export async function serveProxy(store: ApiStore, { request, response }: Exchange, info: RequestInfo): Promise<void> {
  const { path = '' } = info
  const [pathname = '', search = ''] = splitUrl(request.url ?? '/')
  const prefix = pathname.slice(0, pathname.length - path.length)
  if (path === '' && ['GET', 'HEAD'].includes(request.method ?? '')) {
    response.writeHead(301, { location: `${pathname}/${search}` }).end()
    return
  }
  const target = targetOf(store, info)
  const send = target.protocol === 'https:' ? overHttps : overHttp
  const onward = send({
    ...target,
    path: (path || '/') + search,
    method: request.method,
    headers: forwarded(request, target, prefix + path),
    agent: false,
    // Pods have certificates of their own making.
    rejectUnauthorized: false,
  })
  onward.on('response', (answer) => {
    answer.on('error', () => response.destroy())
    void sendBack(answer, { request, response }, prefix)
  })
  onward.on('error', (error) => {
    if (response.headersSent) return void response.destroy()
    const { status } = unavailable(`error trying to reach service: ${error.message}`)
    sendJson(response, 503, status)
  })
  response.on('close', () => onward.destroy())
  request.pipe(onward)
}

function splitUrl(url: string): [pathname: string, search: string] {
  const index = url.indexOf('?')
  return index < 0 ? [url, ''] : [url.slice(0, index), url.slice(index)]
}

function forwarded({ headers }: IncomingMessage, { host, port }: ProxyTarget, uri: string): OutgoingHttpHeaders {
  return {
    ...without(headers, ofOneHop),
    host: hostAndPort(host, port),
    'x-forwarded-host': headers.host,
    'x-forwarded-proto': 'https',
    'x-forwarded-uri': uri,
  }
}

async function sendBack(answer: IncomingMessage, { request, response }: Exchange, prefix: string): Promise<void> {
  const headers = without(answer.headers, [...ofOneHop, 'transfer-encoding'])
  if (headers.location) headers.location = rewriteLocation(String(headers.location), prefix)
  const isPage = /^text\/html\b/.test(answer.headers['content-type'] ?? '') && !headers['content-encoding']
  if (!isPage || request.method === 'HEAD') {
    answer.pipe(response.writeHead(answer.statusCode ?? 502, headers))
    return
  }
  const page = await text(answer).catch(() => undefined)
  if (page === undefined) return
  response.writeHead(answer.statusCode ?? 502, without(headers, ['content-length'])).end(rewriteLinks(page, prefix))
}

const without = (headers: OutgoingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name, value]) => !names.includes(name) && value !== undefined))

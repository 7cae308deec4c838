import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Server as NetServer } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Runtime } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { createBootstrapObjects, serviceAddress } from './bootstrap.ts'
import { issueCertificates } from './certificates.ts'
import { describeApi } from './discovery.ts'
import { execSockets, refuseUpgrade, serveExec } from './exec.ts'
import { startCollector } from './garbage-collector.ts'
import { kubeconfigText } from './kubeconfig.ts'
import { describeOpenApi } from './openapi.ts'
import { targetOf } from './request.ts'
import { assertServed, serveResource } from './resource.ts'
import { sendJson, statusOf } from './responses.ts'
import { noResource, StatusError } from './status.ts'
import type { ApiStore } from './store.ts'

/** What an API server is made of. */
export interface ApiOptions {
  store: ApiStore
  runtime: Runtime
  /** Names and addresses besides the usual ones that the server's certificate shall cover. */
  addresses?: readonly string[]
  /** A socket of 127.0.0.1 that listens already; without one, the server takes a free port. */
  listener?: NetServer
  /** Service ranges, the first family first. */
  serviceCidrs?: readonly string[]
}

/** A running API server. */
export interface Api {
  port: number
  kubeconfig: string
  /** For connections accepted elsewhere: `httpsServer.emit('connection', socket)`. */
  httpsServer: Server
  /** What it takes to create an object as if it had been posted, and who may ask for it. */
  admission: Admission
  stop(): Promise<void>
}

const usualNames = ['127.0.0.1', '::1', 'localhost']
const serviceNames = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]

/** Serves the store as a Kubernetes API over TLS to whoever holds a client certificate of its own authority. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { store, runtime, addresses = [], listener, serviceCidrs = ['10.96.0.0/16'] } = options
  const names = new Set([...usualNames, serviceAddress(serviceCidrs, 1), ...serviceNames, ...addresses])
  const certificates = await issueCertificates([...names])
  const admission: Admission = { store, certificates, serviceCidrs }
  const stopCollector = startCollector(admission)
  createBootstrapObjects(admission)
  const sockets = execSockets()
  const httpsServer = createServer({
    key: certificates.server.key,
    cert: certificates.server.certificate,
    ca: certificates.authority,
    requestCert: true,
    // Refused in the handler, so that strangers get a Status instead of a broken handshake.
    rejectUnauthorized: false,
  })
  httpsServer.on('request', (request, response) => {
    void serve({ ...admission, runtime }, request, response)
  })
  httpsServer.on('upgrade', (request, socket, head) => {
    // A client that goes away before it is answered is nobody's error.
    socket.on('error', () => socket.destroy())
    try {
      assertKnown(request)
      const target = targetOf(urlOf(request))
      assertServed(target)
      if (target.kind.kind !== 'Pod' || target.subresource !== 'exec') throw noResource()
      serveExec({ store, runtime }, sockets, target, request, socket, head)
    } catch (error) {
      refuseUpgrade(socket, error)
    }
  })
  httpsServer.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    httpsServer.once('error', reject)
    httpsServer.once('listening', resolve)
    if (listener) httpsServer.listen(listener)
    else httpsServer.listen(0, '127.0.0.1')
  })
  const { port } = httpsServer.address() as AddressInfo
  return {
    port,
    kubeconfig: kubeconfigText(`https://127.0.0.1:${port}`, certificates),
    httpsServer,
    admission,
    async stop() {
      stopCollector()
      for (const client of sockets.clients) client.terminate()
      const closed = new Promise((resolve) => httpsServer.close(resolve))
      httpsServer.closeAllConnections()
      await closed
    },
  }
}

const urlOf = ({ url = '/' }: IncomingMessage) => new URL(url, 'https://kubernetes')
const healthPaths = ['/readyz', '/livez', '/healthz']

async function serve(
  api: Admission & { runtime: Runtime },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = urlOf(request)
    if (healthPaths.includes(url.pathname)) return void response.end('ok')
    assertKnown(request)
    // As protobuf an empty document has no bytes; kubectl wants one before it takes a List.
    if (url.pathname === '/openapi/v2') return void response.end()
    const described = describeApi(url.pathname.replace(/\/$/, '')) ?? describeOpenApi(url.pathname)
    if (described) return sendJson(response, 200, described)
    await serveResource(api, request, response, targetOf(url))
  } catch (error) {
    if (response.headersSent) response.destroy()
    else {
      const status = statusOf(error)
      sendJson(response, status.code, status)
    }
  }
}

function assertKnown({ socket }: IncomingMessage): void {
  if (!(socket as TLSSocket).authorized) throw new StatusError(401, 'Unauthorized', 'Unauthorized')
}

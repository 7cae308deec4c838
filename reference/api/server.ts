import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Server as NetServer } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Runtime } from '../contract.ts'
import { shape } from '../shape.ts'
import type { Admission } from './admission/admit.ts'
import { createBootstrapObjects, serviceAddress } from './bootstrap.ts'
import { type Certificates, issueCertificates } from './certificates.ts'
import { startControllers } from './controllers.ts'
import { describeApi } from './discovery.ts'
import { execSockets, refuseUpgrade, serveExec, type Upgrade } from './exec.ts'
import { kubeconfigText } from './kubeconfig.ts'
import { describeOpenApi } from './openapi.ts'
import { requestInfoOf } from './request.ts'
import { assertServed, serveResource } from './resource.ts'
import { type Exchange, sendJson, statusOf } from './responses.ts'
import { noResource, StatusError } from './status.ts'
import type { ApiStore } from './store.ts'

/** What an API server is made of. */
export interface ApiOptions {
  store: ApiStore
  runtime: Runtime
  /** Names and addresses of the server's certificate, in addition to the usual ones. */
  addresses?: readonly string[]
  /** A socket of 127.0.0.1 that listens already. Without one, the server listens on a free port. */
  listener?: NetServer
  /** The ranges of cluster IPs, that of the first family first. */
  serviceCidrs?: readonly string[]
}

/** A running API server. */
export interface Api {
  port: number
  kubeconfig: string
  /** For connections that were accepted elsewhere: `httpsServer.emit('connection', socket)`. */
  httpsServer: Server
  /** What creating an object takes, and the certificates of the cluster. */
  admission: Admission
  stop(): Promise<void>
}

const usualNames = ['127.0.0.1', '::1', 'localhost']
const serviceNames = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  `kubernetes.default.svc.${shape.domain}`,
]

/** Serves the store as a Kubernetes API over TLS. Clients need a certificate of the cluster's own authority. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { store, runtime, addresses = [], listener, serviceCidrs = ['10.96.0.0/16'] } = options
  const names = new Set([...usualNames, serviceAddress(serviceCidrs, 1), ...serviceNames, ...addresses])
  const certificates = await issueCertificates([...names])
  const admission: Admission = { store, certificates, serviceCidrs }
  const stopControllers = startControllers(admission)
  createBootstrapObjects(admission)
  const sockets = execSockets()
  const httpsServer = createHttpsServer(certificates)
  httpsServer.on('request', (request, response) => void handleRequest({ ...admission, runtime }, { request, response }))
  httpsServer.on('upgrade', (request, socket, head) =>
    handleUpgrade({ store, runtime, sockets }, { request, socket, head }),
  )
  if (listener) httpsServer.listen(listener)
  else httpsServer.listen(0, '127.0.0.1')
  await once(httpsServer, 'listening')
  const { port } = httpsServer.address() as AddressInfo
  return {
    port,
    kubeconfig: kubeconfigText(`https://127.0.0.1:${port}`, certificates),
    httpsServer,
    admission,
    async stop() {
      stopControllers()
      for (const client of sockets.clients) client.terminate()
      const closed = new Promise((resolve) => httpsServer.close(resolve))
      httpsServer.closeAllConnections()
      await closed
    },
  }
}

function createHttpsServer({ server, authority }: Certificates): Server {
  const httpsServer = createServer({
    key: server.key,
    cert: server.certificate,
    ca: authority,
    requestCert: true,
    // The handler refuses clients without a certificate, so that they get a Status and not a failed handshake.
    rejectUnauthorized: false,
  })
  httpsServer.keepAliveTimeout = 60_000
  return httpsServer
}

const urlOf = ({ url = '/' }: IncomingMessage) => new URL(url, 'https://kubernetes')
const healthPaths = ['/readyz', '/livez', '/healthz']

async function handleRequest(api: Admission & { runtime: Runtime }, exchange: Exchange): Promise<void> {
  const { request, response } = exchange
  try {
    const url = urlOf(request)
    if (healthPaths.includes(url.pathname)) return void response.end('ok')
    assertAuthorized(request)
    // An empty protobuf document has no bytes. kubectl asks for this document before it sends a List.
    if (url.pathname === '/openapi/v2') return void response.end()
    const described = describeApi(url.pathname.replace(/\/$/, '')) ?? describeOpenApi(url.pathname)
    if (described) return sendJson(response, 200, described)
    await serveResource(api, exchange, requestInfoOf(url))
  } catch (error) {
    if (response.headersSent) return void response.destroy()
    const status = statusOf(error)
    sendJson(response, status.code, status)
  }
}

function handleUpgrade(api: Parameters<typeof serveExec>[0], upgrade: Upgrade): void {
  const { request, socket } = upgrade
  // A client may close its connection before it gets an answer.
  socket.on('error', () => socket.destroy())
  try {
    assertAuthorized(request)
    const info = requestInfoOf(urlOf(request))
    assertServed(info)
    if (info.kind.kind !== 'Pod' || info.subresource !== 'exec') throw noResource()
    serveExec(api, info, upgrade)
  } catch (error) {
    refuseUpgrade(socket, error)
  }
}

function assertAuthorized({ socket }: IncomingMessage): void {
  if (!(socket as TLSSocket).authorized) throw new StatusError(401, 'Unauthorized', 'Unauthorized')
}

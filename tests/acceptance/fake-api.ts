import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { issueCertificates } from '../../reference/api/certificates.ts'
import { kubeconfigText } from '../../reference/api/kubeconfig.ts'

/** An object as it travels. */
export interface Thing {
  metadata: { name: string; namespace?: string; uid?: string; labels?: Record<string, string> }
  status?: unknown
  spec?: { nodeName?: string; containers?: { name: string; image: string }[] }
}

/** An answer instead of the usual one, as the API gives it: a Status. */
export interface Refusal {
  code: number
  reason: string
  message: string
  /** Seconds after which the client may come back. */
  retryAfter?: number
}

/** How a fake cluster differs from a healthy one. */
export interface Ills {
  nodes?: Thing[]
  /** A refusal of a request, given its verb and its path without the query. */
  refuses?: (verb: string, path: string, body: Thing | undefined) => Refusal | undefined
  /** The status that a pod has as soon as it is there. */
  podStatus?: (pod: Thing) => unknown
}

/** As much of the Kubernetes API as provisioning needs, and a record of all that was asked of it. */
export interface FakeApi extends AsyncDisposable {
  readonly kubeconfig: string
  /** Every request that was made: verb and path. */
  readonly asked: readonly string[]
  /** Paths of the objects that were created and are still there. */
  left(): string[]
}

export const node = (name: string, spec: object = {}, ready = 'True'): Thing =>
  ({
    metadata: { name, labels: { 'kubernetes.io/os': 'linux' } },
    spec,
    status: {
      addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
      conditions: [{ type: 'Ready', status: ready }],
    },
  }) as Thing

/** Every container of the pod runs. */
const running = (pod: Thing) => ({
  phase: 'Running',
  podIP: '192.0.2.77',
  hostIP: '192.0.2.1',
  containerStatuses: pod.spec?.containers?.map(({ name, image }) => ({ name, image, state: { running: {} } })),
})

export async function startFakeApi(ills: Ills = {}): Promise<FakeApi> {
  const asked: string[] = []
  const objects = new Map<string, Thing>()
  const certificates = await issueCertificates(['127.0.0.1'])
  const { certificate: cert, key } = certificates.server
  const server = createServer({ cert, key }, async (request, response) => {
    const url = new URL(request.url ?? '', 'http://fake')
    const verb = request.method ?? ''
    asked.push(`${verb} ${url.pathname}`)
    const body = verb === 'POST' || verb === 'PUT' ? ((await json(request)) as Thing) : undefined
    const refusal = ills.refuses?.(verb, url.pathname, body)
    if (refusal) return refuse(response, refusal)
    if (url.searchParams.get('watch') === 'true') return void response.writeHead(200).flushHeaders()
    answer(response, verb, url, body)
  })

  const answer = (response: ServerResponse, verb: string, { pathname, searchParams }: URL, body: Thing | undefined) => {
    if (pathname === '/version') return say(response, 200, { gitVersion: 'v1.36.0' })
    if (pathname === '/api/v1/nodes') return say(response, 200, { items: ills.nodes ?? [node('one')] })
    if (verb === 'POST' && body) {
      const uid = crypto.randomUUID()
      // A review has no name, and what is only tried need not have one.
      const name = body.metadata?.name ?? uid
      const path = `${pathname}/${name}`
      const made = { ...body, metadata: { ...body.metadata, name, uid } }
      if (pathname.endsWith('/pods')) {
        made.spec = { ...made.spec, nodeName: 'one' }
        made.status = (ills.podStatus ?? running)(made)
      }
      if (!searchParams.has('dryRun') && !pathname.includes('reviews')) objects.set(path, made)
      return say(response, 201, made)
    }
    const within = [...objects.keys()].filter((path) => path === pathname || path.startsWith(`${pathname}/`))
    if (verb === 'DELETE') for (const path of within) objects.delete(path)
    const namespace = verb === 'DELETE' && /^\/api\/v1(\/namespaces\/[^/]+)$/.exec(pathname)?.[1]
    if (namespace) for (const path of objects.keys()) if (path.includes(`${namespace}/`)) objects.delete(path)
    const isCollection =
      /\/(pods|services|configmaps|leases|namespaces|networkpolicies|daemonsets|servicecidrs|endpointslices)$/.test(
        pathname,
      )
    const items = within.flatMap((path) => objects.get(path) ?? [])
    if (isCollection) return say(response, 200, { metadata: { resourceVersion: '1' }, items })
    const [found] = items
    if (found) return say(response, 200, found)
    refuse(response, { code: 404, reason: 'NotFound', message: `${pathname} not found` })
  }

  // A stream into a container is refused as a handshake, before there is any body.
  server.on('upgrade', (request: IncomingMessage, socket) => {
    const path = request.url?.split('?')[0] ?? ''
    asked.push(`EXEC ${path}`)
    const { code, message } = ills.refuses?.('EXEC', path, undefined) ?? { code: 500, message: 'no streams here' }
    socket.end(`HTTP/1.1 ${code} ${message}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    kubeconfig: kubeconfigText(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, certificates),
    asked,
    left: () => [...objects.keys()],
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function say(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export const refuse = (response: ServerResponse, { code, reason, message, retryAfter }: Refusal) => {
  if (retryAfter !== undefined) response.setHeader('retry-after', `${retryAfter}`)
  say(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message })
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

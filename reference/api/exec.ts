import type { IncomingMessage } from 'node:http'
import { type Duplex, PassThrough, Writable } from 'node:stream'
import type { V1PodSpec } from '@kubernetes/client-node'
import { type WebSocket, WebSocketServer } from 'ws'
import type { KubeObject, Runtime } from '../contract.ts'
import { isOn, type Target } from './request.ts'
import { statusOf } from './responses.ts'
import { badRequest, notFound } from './status.ts'
import type { ApiStore } from './store.ts'

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 }
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

/** Turns an upgrade request for pods/exec into a running command. */
export function serveExec(
  { store, runtime }: { store: ApiStore; runtime: Runtime },
  sockets: WebSocketServer,
  target: Target,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const pod = podOf(store, target)
  const container = containerOf(pod, target.query.get('container'))
  const argv = target.query.getAll('command')
  if (argv.length === 0) throw badRequest('you must specify at least 1 command for the container')
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') throw badRequest('exec is served over WebSocket only')
  sockets.handleUpgrade(request, socket, head, (peer) => {
    void run(runtime, pod, container, argv, target.query, peer)
  })
}

/** The acceptor of exec streams; it picks the newest protocol that both sides speak. */
export function execSockets(): WebSocketServer {
  const handleProtocols = (offered: Set<string>) => protocols.find((name) => offered.has(name)) ?? false
  return new WebSocketServer({ noServer: true, handleProtocols, perMessageDeflate: false })
}

/** Answers an upgrade request that is refused. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const status = statusOf(error)
  const body = JSON.stringify(status)
  const head = `HTTP/1.1 ${status.code} ${status.reason ?? ''}`
  socket.end(
    `${head}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** The pod that a subresource belongs to. */
export function podOf(store: ApiStore, { kind, namespace, name = '' }: Target): KubeObject {
  const pod = store.get('Pod', namespace, name)
  if (!pod) throw notFound(kind, name)
  return pod
}

/** The container that was named, or the only one. */
export function containerOf(pod: KubeObject, wanted: string | null): string {
  const { containers, initContainers = [] } = pod.spec as V1PodSpec
  const names = [...containers, ...initContainers].map(({ name }) => name)
  const chosen = wanted || pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (!chosen && containers.length > 1) {
    const list = containers.map(({ name }) => name).join(' ')
    throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${list}]`)
  }
  const container = chosen || names[0] || ''
  if (!names.includes(container)) throw badRequest(`container ${container} is not valid for pod ${pod.metadata.name}`)
  return container
}

async function run(
  runtime: Runtime,
  pod: KubeObject,
  container: string,
  argv: readonly string[],
  query: URLSearchParams,
  peer: WebSocket,
): Promise<void> {
  const gone = new AbortController()
  const stdin = isOn(query, 'stdin') ? new PassThrough() : undefined
  peer.on('close', () => {
    stdin?.end()
    gone.abort()
  })
  peer.on('error', () => peer.terminate())
  peer.on('message', (data: Buffer) => {
    if (data[0] === channel.close && data[1] === channel.stdin) stdin?.end()
    if (data[0] !== channel.stdin || !stdin?.writable || stdin.write(data.subarray(1))) return
    peer.pause()
    stdin.once('drain', () => peer.resume())
  })
  const stdout = output(peer, channel.stdout)
  const stderr = output(peer, channel.stderr)
  // A first empty frame tells the client that the streams stand.
  peer.send(Buffer.from([isOn(query, 'stdout') ? channel.stdout : channel.error]))
  const io = { ...(stdin && { stdin }), stdout, stderr }
  const result = await outcome(() => runtime.exec(pod, container, argv, io, gone.signal))
  await Promise.all([stdout, stderr].map((stream) => new Promise<void>((done) => stream.end(done))))
  peer.send(Buffer.concat([Buffer.from([channel.error]), Buffer.from(JSON.stringify(result))]))
  peer.close(1000)
}

function output(peer: WebSocket, to: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      // Whoever has gone needs no more of it, and must not hold up the command.
      if (peer.readyState !== peer.OPEN) done()
      else peer.send(Buffer.concat([Buffer.from([to]), chunk]), () => done())
    },
  })
}

/** What a kubelet says when a command has ended, or could not be run. */
async function outcome(run: () => Promise<number>) {
  const failure = { metadata: {}, status: 'Failure' }
  try {
    const code = await run()
    if (code === 0) return { metadata: {}, status: 'Success' }
    return {
      ...failure,
      message: `command terminated with non-zero exit code: exit code ${code}`,
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ...failure, message, reason: 'InternalError', details: { causes: [{ message }] }, code: 500 }
  }
}

import type { IncomingMessage } from 'node:http'
import { type Duplex, PassThrough, Writable } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { KubeObject, Runtime } from '../contract.ts'
import { containerOf, podOf } from './pod-containers.ts'
import { isOn, type RequestInfo } from './request.ts'
import { statusOf } from './responses.ts'
import { badRequest } from './status.ts'
import type { ApiStore } from './store.ts'

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 }
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

/** What Node's HTTP server gives for a request to upgrade. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** A command to run in a container, and which of its streams the client wants. */
interface Command {
  readonly pod: KubeObject
  readonly container: string
  readonly argv: readonly string[]
  readonly query: URLSearchParams
}

/**
 * Turns an upgrade request for pods/exec into a running command.
 * @throws StatusError when it is refused.
 */
export function serveExec(
  { store, runtime, sockets }: { store: ApiStore; runtime: Runtime; sockets: WebSocketServer },
  info: RequestInfo,
  { request, socket, head }: Upgrade,
): void {
  const { query } = info
  const pod = podOf(store, info)
  const container = containerOf(pod, query.get('container'))
  const argv = query.getAll('command')
  if (argv.length === 0) throw badRequest('you must specify at least 1 command for the container')
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') throw badRequest('exec is served over WebSocket only')
  sockets.handleUpgrade(request, socket, head, (peer) => {
    void run(runtime, { pod, container, argv, query }, peer)
  })
}

/** The acceptor of exec streams. It picks the newest protocol that both sides speak. */
export function execSockets(): WebSocketServer {
  const handleProtocols = (offered: Set<string>) => protocols.find((name) => offered.has(name)) ?? false
  return new WebSocketServer({ noServer: true, handleProtocols, perMessageDeflate: false })
}

/** Answers an upgrade request with an error, and ends its connection. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const status = statusOf(error)
  const body = JSON.stringify(status)
  const head = `HTTP/1.1 ${status.code} ${status.reason ?? ''}`
  socket.end(
    `${head}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

async function run(runtime: Runtime, { pod, container, argv, query }: Command, peer: WebSocket): Promise<void> {
  const closed = new AbortController()
  const stdin = isOn(query, 'stdin') ? readStdin(peer) : undefined
  peer.on('close', () => {
    stdin?.end()
    closed.abort()
  })
  peer.on('error', () => peer.terminate())
  const stdout = writerTo(peer, channel.stdout)
  const stderr = writerTo(peer, channel.stderr)
  // An empty first frame tells the client that the streams are open.
  peer.send(Buffer.from([isOn(query, 'stdout') ? channel.stdout : channel.error]))
  const io = { ...(stdin && { stdin }), stdout, stderr }
  const status = await statusAfter(runtime.exec(pod, container, argv, io, closed.signal))
  await Promise.all([stdout, stderr].map((stream) => new Promise<void>((done) => stream.end(done))))
  peer.send(Buffer.concat([Buffer.from([channel.error]), Buffer.from(JSON.stringify(status))]))
  peer.close(1000)
}

/** The client's stdin. While the command does not read, the client is not read either. */
function readStdin(peer: WebSocket): PassThrough {
  const stdin = new PassThrough()
  peer.on('message', (data: Buffer) => {
    if (data[0] === channel.close && data[1] === channel.stdin) stdin.end()
    if (data[0] !== channel.stdin || !stdin.writable || stdin.write(data.subarray(1))) return
    peer.pause()
    stdin.once('drain', () => peer.resume())
  })
  return stdin
}

function writerTo(peer: WebSocket, to: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      // The output of a command goes on when its client is gone: it must not block the command.
      if (peer.readyState !== peer.OPEN) done()
      else peer.send(Buffer.concat([Buffer.from([to]), chunk]), () => done())
    },
  })
}

/** The Status that a kubelet sends when a command has ended, or could not be run. */
async function statusAfter(exec: Promise<number>) {
  const failure = { metadata: {}, status: 'Failure' }
  try {
    const code = await exec
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

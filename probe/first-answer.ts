import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const LIMIT_MS = 5_000
const TRY_MS = 1_000
const AGAIN_MS = 20

/** What an init container dials from its first instant on, and for how many milliseconds. */
export interface FirstDial {
  host: string
  port: number
  ms?: number
}

/** The API server's Service, as a container's environment names it; undefined if it does not. */
export function apiService(env: NodeJS.ProcessEnv = process.env): FirstDial | undefined {
  const [host, port] = [env.KUBERNETES_SERVICE_HOST, Number(env.KUBERNETES_SERVICE_PORT)]
  return host && port ? { host, port } : undefined
}

/** Connects to an address until a connection opens. Gives the milliseconds that passed since the start, or undefined if none opened. */
export async function firstAnswerMs({ host, port, ms = LIMIT_MS }: FirstDial): Promise<number | undefined> {
  const started = performance.now()
  while (performance.now() - started < ms) {
    if (await opens(host, port)) return performance.now() - started
    await delay(AGAIN_MS)
  }
  return undefined
}

function opens(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, timeout: TRY_MS })
  const end = (result: boolean) => {
    socket.destroy()
    resolve(result)
  }
  socket.on('connect', () => end(true))
  socket.on('timeout', () => end(false))
  socket.on('error', () => end(false))
  return promise
}

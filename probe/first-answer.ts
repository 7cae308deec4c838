import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const LIMIT_MS = 5_000
const TRY_MS = 1_000
const AGAIN_MS = 20

/**
 * Connects to the API server's Service until a connection opens. Gives the milliseconds that passed since the start, or undefined
 * if none opened within five seconds or the Service is not known.
 */
export async function firstAnswerMs(env: NodeJS.ProcessEnv = process.env): Promise<number | undefined> {
  const [host, port] = [env.KUBERNETES_SERVICE_HOST, Number(env.KUBERNETES_SERVICE_PORT)]
  if (!host || !port) return undefined
  const started = performance.now()
  while (performance.now() - started < LIMIT_MS) {
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

import { randomInt } from 'node:crypto'
import { connect } from 'node:net'

/** The ranges that no host has (RFC 5737). */
const NOBODY = ['192.0.2', '198.51.100', '203.0.113']
const DIAL_MS = 600

/**
 * Dials an address of each range that no host has, at a port drawn at random.
 * @returns the first that answers, as `IP:PORT`: a transparent proxy does so. Undefined if none does.
 */
export async function answersForNobody(
  addresses: readonly string[] = NOBODY.map((range) => `${range}.${randomInt(1, 255)}`),
  port: number = randomInt(20_000, 60_000),
): Promise<string | undefined> {
  const answered = await Promise.all(addresses.map((host) => answers(host, port)))
  const first = addresses.find((_, i) => answered[i])
  return first && `${first}:${port}`
}

async function answers(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port })
  const timer = setTimeout(() => resolve(false), DIAL_MS)
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Endpoint } from './backends.ts'

/** Milliseconds. */
const longestConnect = 2_000

/**
 * An agent for one request. It connects to the first endpoint that accepts a connection. It is the only place where a
 * second endpoint is tried: as long as there is no connection, no byte of the request was sent.
 */
export function agentTo(endpoints: readonly Endpoint[]): Agent {
  const agent = new Agent()
  agent.createConnection = (_options, callback) => {
    connectToFirst(endpoints).then(
      (socket) => callback?.(null, socket),
      (error) => callback?.(error, undefined as never),
    )
    return undefined
  }
  return agent
}

async function connectToFirst(endpoints: readonly Endpoint[]): Promise<Socket> {
  let failure: unknown = new Error('there is no endpoint')
  for (const endpoint of endpoints)
    try {
      return await connectTo(endpoint)
    } catch (error) {
      failure = error
    }
  throw failure
}

function connectTo({ address, port }: Endpoint): Promise<Socket> {
  const socket = connect({ host: address, port, timeout: longestConnect })
  return new Promise((resolve, reject) => {
    const late = () => socket.destroy(new Error(`${address} does not accept a connection`))
    socket.once('error', reject).once('timeout', late)
    socket.once('connect', () => {
      socket.off('error', reject).off('timeout', late).setTimeout(0)
      resolve(socket)
    })
  })
}

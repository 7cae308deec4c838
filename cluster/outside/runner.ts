import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { sentence } from '../../contract/errors.ts'
import { familyOf } from '../../probe/address.ts'
import { serveOn } from './machines.ts'
import type { FoundOutside, OutsideSite } from './site.ts'

/** The port of the kubelet. A refusal shows as well as an answer that this machine reaches the node. */
const KUBELET = 10_250
const REACH_MS = 3_000

/** This machine itself as the host outside the cluster, or the reason why it cannot be one. */
export async function runnerOutside({ run, nodes }: OutsideSite): Promise<FoundOutside> {
  const reached = await reachedFromHere(nodes)
  if (typeof reached === 'string') return { observer: reached, isBroken: true }
  try {
    const ips = await Promise.all(reached.map(addressTowards))
    const { probe, end } = await serveOn(run, 'observer', { ips, shell: [] }, { tcp: 0, udp: 0, http: 0 })
    return {
      outside: { how: 'the machine that runs flatnet', observer: probe, dials: true },
      gateway: 'the machine that runs flatnet is no internet gateway; --cluster kind has one',
      end,
    }
  } catch (error) {
    return { observer: sentence(error), isBroken: true }
  }
}

/** The addresses of the first node that this machine reaches, one for each IP family, or the sentence that it reaches none. */
export async function reachedFromHere([node]: OutsideSite['nodes']): Promise<string[] | string> {
  const targets = [4, 6].flatMap((family) => node?.internalIPs.find((ip) => familyOf(ip) === family) ?? [])
  const are = await Promise.all(targets.map(reaches))
  const reached = targets.filter((_, i) => are[i])
  return reached.length > 0 ? reached : `this machine does not reach ${targets.join(' and ') || 'any node'}`
}

/** Whether a node's kubelet port answers or refuses. */
async function reaches(ip: string): Promise<boolean> {
  const socket = connect({ host: ip, port: KUBELET, timeout: REACH_MS })
  const answered = new Promise<boolean>((resolve) => {
    socket.on('connect', () => resolve(true))
    socket.on('timeout', () => resolve(false))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
  try {
    return await answered
  } finally {
    socket.destroy()
  }
}

/** The address of this machine from which packets to that address leave. */
async function addressTowards(ip: string): Promise<string> {
  const socket = createSocket(familyOf(ip) === 6 ? 'udp6' : 'udp4')
  try {
    socket.connect(KUBELET, ip)
    await once(socket, 'connect')
    return socket.address().address
  } finally {
    socket.close()
  }
}

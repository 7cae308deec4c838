import { spawn } from 'node:child_process'
import type { ApiStore } from '../../reference/api/store.ts'
import { buildNodes, type NodeNetwork } from '../../reference/network/nodes.ts'
import { buildPod, type PodNetwork } from '../../reference/network/pods.ts'
import { inNetwork } from '../../reference/network/world.ts'

/** Answers over TCP and UDP with its name and the client's address; at one of its addresses, if one is given. */
export const server = `
const { createServer } = require('node:net'), { createSocket } = require('node:dgram')
const [, , host = '::'] = process.argv
const told = (address) => process.argv[1] + ' ' + address.replace('::ffff:', '')
createServer((socket) => socket.on('error', () => {}).end(told(socket.remoteAddress))).listen(7000, host)
const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
socket.on('message', (_, { address, port }) => socket.send(told(address), port, address))
socket.bind(7000, host)
`

/** Asks so many times, each at once: a line each of what was answered, or of what went wrong. A port keeps to one UDP flow. */
export const client = `
const { connect } = require('node:net'), { createSocket } = require('node:dgram')
const [, protocol, host, to, times = '1', from] = process.argv
const ask = protocol === 'tcp'
  ? (done) => connect(Number(to), host).setTimeout(2000, () => done('timeout'))
      .on('error', ({ code }) => done(code)).on('data', (data) => done(String(data)))
  : (done) => {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
      socket.on('message', (data) => done(String(data))).on('error', ({ code }) => done(code))
      setTimeout(() => done('timeout'), 2000)
      socket.bind(from ? Number(from) : 0, () => socket.connect(Number(to), host, () => socket.send('?')))
    }
Promise.all(Array.from({ length: Number(times) }, () => new Promise(ask))).then((said) => {
  console.log(said.join('\\n'))
  process.exit()
})
`

/** Builds nodes and pods, runs the server in each pod, and creates the namespace `default`. */
export async function buildServers(
  store: ApiStore,
  nodes: readonly NodeNetwork[],
  pods: readonly { node: NodeNetwork; pod: PodNetwork }[],
): Promise<void> {
  await buildNodes(nodes)
  await Promise.all(pods.map(({ node, pod }) => buildPod(node, pod)))
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  for (const { pod } of pods) {
    const [command = '', ...words] = [...inNetwork(pod.name), process.execPath, '-e', server, pod.name]
    spawn(command, words, { stdio: 'ignore' })
  }
}

import { createSocket, type SocketType } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { accessOf } from '../client/access.ts'
import { watchAll } from '../client/watch.ts'
import { answerTo } from './answer.ts'
import type { DnsService, DnsSlice } from './dns-objects.ts'
import { messageReader, withLength } from './tcp-frames.ts'
import { buildZone, type Zone } from './zone.ts'

// The program of the DNS pod. It answers once it knows all Services and EndpointSlices of the API.
const [, , directory = '', readyFile = ''] = process.argv
const port = 53
let services: Iterable<DnsService> | undefined
let slices: Iterable<DnsSlice> | undefined
let zone: Zone | undefined

/** After a change the next question builds the zone again. */
function objectsChanged(): void {
  zone = undefined
  if (services && slices) writeFileSync(readyFile, '')
}

function answer(message: Buffer, overTcp: boolean): Buffer | undefined {
  if (!services || !slices) return undefined
  zone ??= buildZone(services, slices)
  return answerTo(message, zone, overTcp)
}

for (const type of ['udp4', 'udp6'] satisfies SocketType[]) {
  const socket = createSocket({ type, ipv6Only: type === 'udp6' })
  socket.on('message', (message, { port, address }) => {
    const answered = answer(message, false)
    if (answered) socket.send(answered, port, address)
  })
  socket.on('error', (error) => {
    // A machine may lack IPv6.
    if (type === 'udp4') throw error
  })
  socket.bind(port)
}
createServer((socket) => {
  const read = messageReader()
  socket.setTimeout(10_000, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    for (const message of read(chunk)) {
      const answered = answer(message, true)
      if (!answered) return void socket.destroy()
      socket.write(withLength(answered))
    }
  })
}).listen(port)

process.on('SIGTERM', () => process.exit())
const access = accessOf(process.env, directory)
watchAll<DnsService>(access, '/api/v1/services', (all) => {
  services = [...all]
  objectsChanged()
})
watchAll<DnsSlice>(access, '/apis/discovery.k8s.io/v1/endpointslices', (all) => {
  slices = [...all]
  objectsChanged()
})

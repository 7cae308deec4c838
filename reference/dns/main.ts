import { createSocket, type SocketType } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { answerTo } from './answer.ts'
import { accessOf, follow } from './api-watch.ts'
import type { DnsService, DnsSlice } from './dns-objects.ts'
import { buildZone, type Zone } from './zone.ts'

// The program of the DNS pod: answers by what the API says, from the first time that it knows all of it.
const [, , directory = '', readyFile = ''] = process.argv
const port = 53
let services: Iterable<DnsService> | undefined
let slices: Iterable<DnsSlice> | undefined
let zone: Zone | undefined

function serve(): void {
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
  let received = Buffer.alloc(0)
  socket.setTimeout(10_000, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
      const end = 2 + received.readUInt16BE()
      const answered = answer(received.subarray(2, end), true)
      received = received.subarray(end)
      if (!answered) return void socket.destroy()
      const length = Buffer.alloc(2)
      length.writeUInt16BE(answered.length)
      socket.write(Buffer.concat([length, answered]))
    }
  })
}).listen(port)

process.on('SIGTERM', () => process.exit())
const access = accessOf(process.env, directory)
follow<DnsService>(access, '/api/v1/services', (all) => {
  services = [...all]
  serve()
})
follow<DnsSlice>(access, '/apis/discovery.k8s.io/v1/endpointslices', (all) => {
  slices = [...all]
  serve()
})

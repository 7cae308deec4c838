// A DNS server that forwards questions and falsifies the answers in one way. It runs in a pod, so it imports only lies.ts.
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { decode, encode, type Packet, streamEncode } from 'dns-packet'
import { LIES } from './lies.ts'

const PORT = 5353
const [kind = '', detail = ''] = process.argv.slice(2)
const lie = LIES[kind]
if (!lie) throw new Error(`no such lie: ${kind}`)
const upstream = /^nameserver\s+(\S+)/m.exec(readFileSync('/etc/resolv.conf', 'utf8'))?.[1] ?? ''

/** The falsified answer; undefined if the server must not answer. */
const altered = (bytes: Buffer, over: 'udp' | 'tcp'): Packet | undefined => lie?.(decode(bytes), { detail, over })

for (const type of ['udp4', 'udp6'] as const) {
  const socket = createSocket({ type, ...(type === 'udp6' && { ipv6Only: true }) })
  socket.on('message', (question, { address, port }) => {
    const asking = createSocket(upstream.includes(':') ? 'udp6' : 'udp4')
    asking.on('message', (bytes) => {
      const told = altered(bytes, 'udp')
      if (told) socket.send(encode(told), port, address)
      asking.close()
    })
    asking.send(question, 53, upstream)
  })
  socket.on('error', () => socket.close())
  socket.bind(PORT)
}

createServer((client) => {
  const server = connect(53, upstream)
  for (const end of [client, server]) end.on('error', () => end.destroy())
  client.pipe(server)
  frames(server, (bytes) => {
    const told = altered(bytes, 'tcp')
    return told ? client.write(streamEncode(told)) : client.destroy()
  })
  server.on('close', () => client.end())
}).listen(PORT)

/** Splits a TCP stream into DNS packets: a length precedes each of them. */
function frames(stream: Socket, onPacket: (bytes: Buffer) => unknown): void {
  let kept = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk])
    while (kept.length >= 2 && kept.length >= 2 + kept.readUInt16BE()) {
      const end = 2 + kept.readUInt16BE()
      onPacket(kept.subarray(2, end))
      kept = kept.subarray(end)
    }
  })
}
process.stdout.write('lying\n')

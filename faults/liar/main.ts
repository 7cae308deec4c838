// A DNS server that passes questions on and answers with one kind of lie. It runs in a pod: imports nothing of ours but its lies.
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

/** The answer with the lie in it; undefined where there is to be none. */
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

/** Cuts a TCP stream into the packets that DNS puts a length before. */
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

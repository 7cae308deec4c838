import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { accessOf } from '../client/access.ts'
import { certificatesIn, type FindCertificate } from './certificates.ts'
import { createProxy } from './proxy.ts'
import { type Snapshot, watchSnapshot } from './snapshot.ts'
import { statusWriter } from './status-writer.ts'
import { buildTable, type Table } from './table.ts'

// The program of the Ingress controller's pod. It listens once it knows all objects of the API.
const [, , identityDirectory = '', certificateDirectory = '', readyFile = ''] = process.argv
const access = accessOf(process.env, identityDirectory)
const writeStatuses = statusWriter(access)
let snapshot: Snapshot | undefined
let table: Table | undefined
let certificates: FindCertificate | undefined

function known(): Snapshot {
  if (!snapshot) throw new Error('the controller listens before it knows the cluster')
  return snapshot
}

const proxy = createProxy(() => {
  table ??= buildTable(known())
  return table
})

function listen(): void {
  const read = (file: string) => readFileSync(`${certificateDirectory}/${file}`)
  const tls = {
    cert: read('tls.crt'),
    key: read('tls.key'),
    // Without a context, the client gets the default certificate.
    SNICallback: (name: string, answer: (error: Error | null) => void) => {
      certificates ??= certificatesIn(known())
      ;(answer as (error: null, context: unknown) => void)(null, certificates(name))
    },
  }
  const all: [Server, number, string][] = ['0.0.0.0', '::'].flatMap((address) => [
    [createServer(), 80, address],
    [createTlsServer(tls), 443, address],
  ])
  let left = all.length
  const ready = () => {
    left -= 1
    if (left === 0) writeFileSync(readyFile, '')
  }
  for (const [server, port, address] of all) {
    server.keepAliveTimeout = 60_000
    server.on('request', proxy.request).on('upgrade', proxy.upgrade)
    server.on('error', (error) => {
      // A machine may lack IPv6.
      if (address === '0.0.0.0') throw error
      ready()
    })
    server.listen({ port, host: address, ipv6Only: address === '::' }, ready)
  }
}

process.on('SIGTERM', () => process.exit())
watchSnapshot(access, (next) => {
  const isFirst = !snapshot
  snapshot = next
  // After a change, the next request builds the table again.
  table = undefined
  certificates = undefined
  writeStatuses(next)
  if (isFirst) listen()
})

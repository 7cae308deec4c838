import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A request to the controller: `address` is where it listens; over TLS, `serverName` is the name asked for. */
export interface Ask {
  readonly address: string
  readonly host: string
  readonly path?: string
  readonly serverName?: string
  readonly headers?: Record<string, string>
}

/** What came back. Over TLS, `subject` is that of the server's certificate. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly subject?: string
}

// Runs in a node's network, so it is a program of its own.
const program = `
const asks = JSON.parse(process.argv[1])
const one = ({ address, host, path = '/', serverName, headers = {} }) => new Promise((resolve, reject) => {
  const tls = serverName !== undefined
  const options = { host: address, path, headers: { ...headers, host }, servername: serverName, rejectUnauthorized: false, agent: false, timeout: 10000 }
  const request = require(tls ? 'https' : 'http').request(options, (response) => {
    const subject = tls ? response.socket.getPeerCertificate().subject.CN : undefined
    collect(response, response, subject)
  })
  const collect = (stream, response, subject) => {
    let body = ''
    stream.on('data', (chunk) => { body += chunk }).on('error', reject)
    stream.on('end', () => resolve({ status: response.statusCode, body, subject }))
  }
  request.on('upgrade', (response, socket, head) => {
    // The first bytes may come in the packet of the headers.
    socket.unshift(head)
    collect(socket, response)
  })
  request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer'))).end()
})
;(async () => {
  const answers = []
  for (const ask of asks) answers.push(await one(ask).catch((error) => ({ status: 0, body: String(error) })))
  console.log(JSON.stringify(answers))
})()`

/** A client in the network of a node: it sends requests one after another. Status 0 means that no answer came. */
export function clientOn(nodeShell: readonly string[]) {
  return async (...asks: Ask[]): Promise<Answer[]> => {
    const [command = '', ...words] = nodeShell
    const argv = [...words, process.execPath, '-e', program, JSON.stringify(asks)]
    const { stdout } = await run(command, argv, { maxBuffer: 2 ** 24 })
    return JSON.parse(stdout) as Answer[]
  }
}

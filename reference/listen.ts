import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { plainEnvironment } from './network/process.ts'
import type { World } from './network/world.ts'
import { siblingProgram } from './sibling.ts'

/** Listens at an address of a node in this process: whoever connects is seen under its own address. */
export async function listenIn(
  world: World,
  node: string,
  host: string,
  port: number,
  accept: (socket: Socket) => void,
): Promise<void> {
  const [command = '', ...words] = [
    ...world.enter(node),
    process.execPath,
    siblingProgram(import.meta.url, 'listener-main'),
  ]
  const helper = spawn(command, [...words, host, String(port)], {
    env: plainEnvironment,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const failed = once(helper, 'exit').then(() => {
    throw new Error(`nothing could listen at ${host}:${port} of ${node}`)
  })
  const [, server] = (await Promise.race([once(helper, 'message'), failed])) as [string, Server]
  failed.catch(() => {})
  server.on('connection', accept)
  // The socket keeps the namespace alive, so it must not outlive the world.
  void world.gone.then(() => server.close())
  helper.send('received')
}

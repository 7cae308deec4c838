import { readFileSync } from 'node:fs'

/** The address of the API, and the identity of the client. */
export interface Access {
  readonly host: string
  readonly port: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** The access of a pod: the API's address from its environment, and the identity from files in a directory. */
export function accessOf(environment: NodeJS.ProcessEnv, directory: string): Access {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = environment
  const read = (name: string) => readFileSync(`${directory}/${name}`, 'utf8')
  return { host, port, ca: read('ca.crt'), cert: read('tls.crt'), key: read('tls.key') }
}

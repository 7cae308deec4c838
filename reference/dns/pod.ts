import { createRequire, findPackageJSON } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KubeObject } from '../contract.ts'

const namespace = 'kube-system'
const labels = { 'k8s-app': 'kube-dns' }
const home = '/flatnet'
const readyFile = '/tmp/ready'

/** The cluster's DNS server: a Service at that address, and a pod that knows the API by that client certificate. */
export function dnsObjects(clusterIP: string, identity: { certificate: string; key: string }): KubeObject[] {
  const typed = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'kube-dns', namespace, labels } })
  const port = (name: string, protocol: string) => ({ name, protocol, port: 53, targetPort: 53 })
  const { volumes, mounts } = program()
  const server = {
    ...{ name: 'dns', image: 'node:24-slim' },
    command: ['node', `${home}/reference/dns/main${path.extname(import.meta.url)}`, '/identity', readyFile],
    ports: ['UDP', 'TCP'].map((protocol) => ({ containerPort: 53, protocol })),
    // Waits in one go: asking again and again would cost more than the server itself.
    startupProbe: {
      exec: { command: ['sh', '-c', `until [ -e ${readyFile} ]; do sleep 0.02; done`] },
      ...{ timeoutSeconds: 60, failureThreshold: 10 },
    },
    volumeMounts: [{ name: 'identity', mountPath: '/identity', readOnly: true }, ...mounts],
  }
  const sources = [{ secret: { name: 'kube-dns' } }, { configMap: { name: 'kube-root-ca.crt' } }]
  return [
    {
      ...typed('Service'),
      spec: { clusterIP, selector: labels, ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')] },
    },
    {
      ...typed('Secret'),
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': identity.certificate, 'tls.key': identity.key },
    },
    {
      ...typed('Pod'),
      spec: {
        ...{ dnsPolicy: 'Default', terminationGracePeriodSeconds: 1, containers: [server] },
        volumes: [{ name: 'identity', projected: { sources } }, ...volumes],
      },
    },
  ]
}

/** The server's program and what it imports, from this package and wherever its dependencies are installed. */
function program() {
  const own = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
  const require = createRequire(import.meta.url)
  const packets = createRequire(require.resolve('dns-packet'))
  const directory = (name: string, from: NodeJS.Require) => [`node_modules/${name}`, packageOf(from.resolve(name))]
  const parts = [
    ['package.json', findPackageJSON(import.meta.url)],
    ['reference', own],
    directory('dns-packet', require),
    directory('ipaddr.js', require),
    directory('@leichtgewicht/ip-codec', packets),
  ] as const
  return {
    volumes: parts.map(([, source = ''], index) => ({ name: `part-${index}`, hostPath: { path: source } })),
    mounts: parts.map(([target = ''], index) => ({
      name: `part-${index}`,
      mountPath: `${home}/${target}`,
      readOnly: true,
    })),
  }
}

/** The directory of the package that a file belongs to. */
function packageOf(file: string): string {
  const match = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)
  return match?.[0] ?? path.dirname(file)
}

import type { KubeObject } from '../contract.ts'
import { builtProgram } from '../programs.ts'

const namespace = 'kube-system'
const labels = { 'k8s-app': 'kube-dns' }
const program = '/flatnet/dns.cjs'
const readyFile = '/tmp/ready'

/**
 * The cluster's DNS server: a Service with a fixed cluster IP, and a pod that watches the API with a client
 * certificate.
 */
export function dnsObjects(clusterIP: string, identity: { certificate: string; key: string }): KubeObject[] {
  const typed = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'kube-dns', namespace, labels } })
  const port = (name: string, protocol: string) => ({ name, protocol, port: 53, targetPort: 53 })
  const server = {
    name: 'dns',
    image: 'node:24-slim',
    command: ['node', '--max-semi-space-size=1', '--v8-pool-size=1', program, '/identity', readyFile],
    ports: ['UDP', 'TCP'].map((protocol) => ({ containerPort: 53, protocol })),
    // One command that waits: repeated commands would cost more than the server itself.
    startupProbe: {
      exec: { command: ['sh', '-c', `until [ -e ${readyFile} ]; do sleep 0.02; done`] },
      timeoutSeconds: 60,
      failureThreshold: 10,
    },
    volumeMounts: [
      { name: 'identity', mountPath: '/identity', readOnly: true },
      { name: 'program', mountPath: program, readOnly: true },
    ],
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
        dnsPolicy: 'Default',
        terminationGracePeriodSeconds: 1,
        containers: [server],
        volumes: [
          { name: 'identity', projected: { sources } },
          { name: 'program', hostPath: { path: builtProgram('dns') } },
        ],
      },
    },
  ]
}

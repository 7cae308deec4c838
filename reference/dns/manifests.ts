import type { KubeObject } from '../contract.ts'
import { watchingContainer } from '../watching-container.ts'

const namespace = 'kube-system'
const labels = { 'k8s-app': 'kube-dns' }

/**
 * The cluster's DNS server: a Service with a fixed cluster IP, and a pod that watches the API with a client
 * certificate.
 */
export function dnsObjects(clusterIP: string, identity: { certificate: string; key: string }): KubeObject[] {
  const typed = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'kube-dns', namespace, labels } })
  const port = (name: string, protocol: string) => ({ name, protocol, port: 53, targetPort: 53 })
  const { container, volumes } = watchingContainer({
    ...{ name: 'dns', program: 'dns', secret: 'kube-dns' },
    ports: ['UDP', 'TCP'].map((protocol) => ({ containerPort: 53, protocol })),
  })
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
        containers: [container],
        volumes,
      },
    },
  ]
}

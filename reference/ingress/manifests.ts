import type { Identity } from '../api/certificates.ts'
import type { KubeObject } from '../contract.ts'
import { gatewayGroup } from '../gateway-api.ts'
import { builtProgram } from '../programs.ts'
import { className, gatewayController, ingressController, name, namespace } from './names.ts'

const labels = { 'k8s-app': name }
const program = '/flatnet/ingress.cjs'
const readyFile = '/tmp/ready'

/**
 * The cluster's Ingress and Gateway controller: its classes, a Service that gives it an address, and a pod that watches
 * the API with a client certificate. `fallback` is the certificate for names that no Ingress has one for.
 */
export function ingressObjects(identity: Identity, fallback: Identity): KubeObject[] {
  const own = (suffix = '') => ({ metadata: { name: `${name}${suffix}`, namespace, labels } })
  const secret = (suffix: string, { certificate, key }: Identity): KubeObject => ({
    ...{ apiVersion: 'v1', kind: 'Secret', ...own(suffix), type: 'kubernetes.io/tls' },
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  })
  const ports = [
    { name: 'http', protocol: 'TCP', port: 80, targetPort: 80 },
    { name: 'https', protocol: 'TCP', port: 443, targetPort: 443 },
  ]
  return [
    {
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: className, labels } },
      spec: { controller: ingressController },
    },
    {
      ...{ apiVersion: `${gatewayGroup}/v1`, kind: 'GatewayClass', metadata: { name: className, labels } },
      spec: { controllerName: gatewayController },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Service', ...own() },
      spec: {
        ...{ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ipFamilyPolicy: 'PreferDualStack' },
        ...{ selector: labels, ports },
      },
    },
    secret('', identity),
    secret('-default', fallback),
    { apiVersion: 'v1', kind: 'Pod', ...own(), spec: podSpec() },
  ]
}

const podSpec = () => ({
  terminationGracePeriodSeconds: 1,
  containers: [
    {
      name: 'controller',
      image: 'node:24-slim',
      command: ['node', '--max-semi-space-size=1', '--v8-pool-size=1', program, '/identity', '/default', readyFile],
      ports: [80, 443].map((containerPort) => ({ containerPort, protocol: 'TCP' })),
      // One command that waits: repeated commands would cost more than the controller itself.
      startupProbe: {
        exec: { command: ['sh', '-c', `until [ -e ${readyFile} ]; do sleep 0.02; done`] },
        timeoutSeconds: 60,
        failureThreshold: 10,
      },
      volumeMounts: [
        { name: 'identity', mountPath: '/identity', readOnly: true },
        { name: 'default', mountPath: '/default', readOnly: true },
        { name: 'program', mountPath: program, readOnly: true },
      ],
    },
  ],
  volumes: [
    { name: 'identity', projected: { sources: [{ secret: { name } }, { configMap: { name: 'kube-root-ca.crt' } }] } },
    { name: 'default', secret: { secretName: `${name}-default` } },
    { name: 'program', hostPath: { path: builtProgram('ingress') } },
  ],
})

import type { Identity } from '../api/certificates.ts'
import type { KubeObject } from '../contract.ts'
import { gatewayGroup } from '../gateway-api.ts'
import { watchingContainer } from '../watching-container.ts'
import { className, gatewayController, ingressController, name, namespace } from './names.ts'

const labels = { 'k8s-app': name }

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

function podSpec() {
  const { container, volumes } = watchingContainer({
    ...{ name: 'controller', program: 'ingress', secret: name },
    ports: [80, 443].map((containerPort) => ({ containerPort, protocol: 'TCP' })),
    more: [{ argument: '/default', mount: { name: 'default', mountPath: '/default', readOnly: true } }],
  })
  return {
    terminationGracePeriodSeconds: 1,
    containers: [container],
    volumes: [...volumes, { name: 'default', secret: { secretName: `${name}-default` } }],
  }
}

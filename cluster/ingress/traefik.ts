import type { V1Pod, V1PolicyRule, V1ServiceSpec } from '@kubernetes/client-node'
import { ROLE, RUN, runLabels } from '../../contract/labels.ts'
import { UNPRIVILEGED } from '../pods/plan.ts'

/** The image of the controller that flatnet installs. */
export const TRAEFIK = 'traefik:v3.7'

/** The controller's name in an IngressClass. */
export const CONTROLLER = 'traefik.io/ingress-controller'

const PORTS = { http: 8000, https: 8443, ping: 8080 }
const role = 'ingress'
const read = ['get', 'list', 'watch']

/** The name of the controller's objects. Those without a namespace are found by the run's id in it. */
export const nameOf = (run: string): string => `flatnet-${run}-${role}`

/** What the controller may do in the namespace of the run. */
export const NAMESPACED: V1PolicyRule[] = [
  { apiGroups: [''], resources: ['services', 'secrets', 'endpoints', 'configmaps'], verbs: read },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
]

/** What it may do in the whole cluster: it looks up its class there, and the addresses of nodes. */
export const CLUSTER_WIDE: V1PolicyRule[] = [
  { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: read },
  { apiGroups: [''], resources: ['nodes'], verbs: read },
]

/** The controller's Service: each node forwards its node ports to the controller. */
export const serviceSpec = (run: string): V1ServiceSpec => ({
  type: 'NodePort',
  ipFamilyPolicy: 'PreferDualStack',
  selector: { [RUN]: run, [ROLE]: role },
  ports: (['http', 'https'] as const).map((name) => ({ name, port: PORTS[name], targetPort: PORTS[name] })),
})

/** Where the controller runs, and which address it publishes. */
export interface Site {
  run: string
  namespace: string
  node: string
  /** The address that it publishes for every Ingress. */
  address: string
  /** The controller's image: Traefik's, or its copy in a mirror. */
  image: string
}

/** The flags of Traefik. It serves one class in one namespace, so two runs never meet. */
const flags = ({ run, namespace, address }: Site): string[] => [
  `--entrypoints.web.address=:${PORTS.http}`,
  `--entrypoints.websecure.address=:${PORTS.https}`,
  '--entrypoints.websecure.http.tls=true',
  `--entrypoints.traefik.address=:${PORTS.ping}`,
  '--ping=true',
  '--global.checknewversion=false',
  '--global.sendanonymoususage=false',
  '--providers.providersthrottleduration=200ms',
  '--providers.kubernetesingress=true',
  `--providers.kubernetesingress.ingressclass=${nameOf(run)}`,
  `--providers.kubernetesingress.namespaces=${namespace}`,
  `--providers.kubernetesingress.ingressendpoint.ip=${address}`,
]

/** The controller's pod. Pod Security `restricted` admits it. */
export function controllerPod(site: Site): V1Pod {
  const { run, namespace, node, image } = site
  return {
    metadata: { name: nameOf(run), namespace, labels: { ...runLabels(run), [ROLE]: role } },
    spec: {
      serviceAccountName: nameOf(run),
      terminationGracePeriodSeconds: 1,
      enableServiceLinks: false,
      // The image is loaded into this node alone.
      nodeName: node,
      securityContext: UNPRIVILEGED,
      containers: [
        {
          name: 'traefik',
          image,
          imagePullPolicy: 'IfNotPresent',
          args: flags(site),
          readinessProbe: { httpGet: { path: '/ping', port: PORTS.ping }, periodSeconds: 1 },
          resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '256Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  }
}

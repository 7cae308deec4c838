import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { createThroughAdmission, serviceAddress } from './api/bootstrap.ts'
import { issueSelfSigned } from './api/certificates.ts'
import { startApi } from './api/server.ts'
import { createStore } from './api/store.ts'
import { dnsObjects } from './dns/manifests.ts'
import type { OutsideHosts, ReferenceOptions, ReferenceReport } from './index.ts'
import { ingressObjects } from './ingress/manifests.ts'
import { startKubelets } from './kubelet/kubelet.ts'
import { skeletonScript } from './kubelet/root-filesystem.ts'
import { controlPlaneAddress, versionsOf } from './network/addresses.ts'
import { shell } from './network/commands.ts'
import { buildNodes, planNodes } from './network/nodes.ts'
import { linkAddress, type OutsideHost, serviceAddressOf } from './network/outside-addresses.ts'
import { intoNetwork } from './network/world.ts'
import { registerNodes } from './node-objects.ts'
import { startPolicies } from './policies/engine.ts'
import { startScheduler } from './scheduler.ts'
import { apiEndpoints, apiSlice, proxyConfiguration, serviceCidr } from './services/bootstrap-objects.ts'
import { startEndpointsController } from './services/endpoints-controller.ts'
import { startHealthChecks } from './services/health-checks.ts'
import { startAddressRecords } from './services/ip-addresses.ts'
import { startLoadBalancer } from './services/load-balancer.ts'
import { startMirroringController } from './services/mirroring-controller.ts'
import { startProxies } from './services/proxy.ts'
import { startSliceController } from './services/slice-controller.ts'
import { shape } from './shape.ts'
import { startDaemonSetController } from './workloads/daemon-set-controller.ts'
import { startDeploymentController } from './workloads/deployment-controller.ts'
import { startReplicaSetController } from './workloads/replica-set-controller.ts'

// The server process of a cluster. It receives the socket on which the host reaches the API, reports how to reach the
// cluster, and holds the cluster until the process that started it ends.
const {
  nodes: count = 3,
  ipFamily = 'ipv4',
  images = {},
  stays = false,
} = JSON.parse(process.argv[2] ?? '{}') as ReferenceOptions
if (!stays) process.on('disconnect', () => process.exit())
process.on('SIGTERM', () => process.exit())
// Ctrl-C reaches every process of a terminal. The process that started the cluster decides when the cluster ends.
process.on('SIGINT', () => {})
const received = once(process, 'message') as Promise<[string, Server]>

const apiPort = 6443
const nodes = planNodes(count, ipFamily)
const store = createStore()
const versions = versionsOf(ipFamily)
const serviceCidrs = versions.map((version) => shape.services[version])
const clusterDns = serviceAddress(serviceCidrs, 10)
const policiesFollowed = startPolicies(store, nodes)
const runtime = startKubelets({ store, nodes, images, clusterDns, policiesFollowed })
const addresses = versions.map(controlPlaneAddress)

async function startCluster(): Promise<ReferenceReport> {
  const [api] = await Promise.all([
    received.then(([, listener]) => startApi({ store, runtime, listener, addresses, serviceCidrs })),
    buildNodes(nodes),
    shell(skeletonScript()),
  ])
  registerNodes(store, nodes, 'v1.36.3')
  startScheduler(store)
  startSliceController(store)
  startEndpointsController(store)
  startMirroringController(store)
  startAddressRecords(store)
  startReplicaSetController(api.admission)
  startDeploymentController(api.admission)
  startDaemonSetController(api.admission)
  const [address = ''] = addresses
  const apiAddress = [apiSlice(address, apiPort), apiEndpoints(address, apiPort)]
  for (const object of [...apiAddress, serviceCidr(serviceCidrs), proxyConfiguration()]) store.create(object)
  startProxies(store, nodes)
  startHealthChecks(store, nodes, addresses)
  startLoadBalancer(store, nodes)
  const { admin } = api.admission.certificates
  const controller = ingressObjects(admin, await issueSelfSigned('reference ingress default certificate'))
  for (const object of [...dnsObjects(clusterDns, admin), ...controller]) createThroughAdmission(api.admission, object)
  // Pods reach the API on the network between the nodes, as they would reach a real control plane.
  for (const address of addresses)
    createServer((socket) => api.httpsServer.emit('connection', socket)).listen(apiPort, address)

  const pid = Number(readlinkSync('/run/hostproc/self'))
  return {
    kubeconfig: api.kubeconfig,
    nodes: nodes.map(({ name }) => name),
    nodeShell: Object.fromEntries(nodes.map(({ name }) => [name, intoNetwork(pid, name)])),
    outside: hostsOutside(pid),
  }
}

/** How to reach the hosts outside the cluster; `pid` is a process of the world. */
function hostsOutside(pid: number): OutsideHosts {
  const host = (name: OutsideHost) => ({
    ips: versions.map((version) => serviceAddressOf(name, version)),
    shell: intoNetwork(pid, name),
  })
  const external = versions.map((version) => linkAddress('gateway', version))
  return {
    lan: host('outside'),
    internet: host('internet'),
    routed: host('routed'),
    gateway: { ...host('gateway'), external },
  }
}

// A starter that has gone is heard by 'disconnect'.
startCluster().then((report) => process.send?.(report, () => {}))

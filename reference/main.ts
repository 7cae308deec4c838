import { startApi } from './api/server.ts'
import { createStore } from './api/store.ts'
import type { ReferenceOptions, ReferenceReport } from './index.ts'
import { startKubelets } from './kubelet/kubelet.ts'
import { skeletonScript } from './kubelet/root.ts'
import { listenIn } from './listen.ts'
import { buildNodes, planNodes } from './network/nodes.ts'
import { openWorld } from './network/world.ts'
import { registerNodes } from './node-objects.ts'
import { startScheduler } from './scheduler.ts'

// A program of its own: it holds a cluster until its standard input ends, and says on one line how to reach it.
const {
  nodes: count = 3,
  ipFamily = 'ipv4',
  images = {},
  stays = false,
} = JSON.parse(process.argv[2] ?? '{}') as ReferenceOptions
const leaving = new AbortController()
const world = await openWorld()
if (!stays) {
  process.stdin
    .on('error', () => {})
    .on('end', leave)
    .resume()
}
process.on('SIGTERM', leave)
process.on('SIGINT', leave)
void world.gone.then(() => process.exit(1))

const nodes = planNodes(count, ipFamily)
const store = createStore()
const addresses = nodes.flatMap((node) => node.addresses.map((each) => each.node))
const runtime = startKubelets({ store, world, nodes, images })
const serviceCidrs = { ipv4: ['10.96.0.0/16'], ipv6: ['fd00:10:96::/112'], dual: ['10.96.0.0/16', 'fd00:10:96::/112'] }
const [api] = await Promise.all([
  startApi({ store, runtime, addresses, serviceCidrs: serviceCidrs[ipFamily] }),
  buildNodes(world, nodes),
  world.run(skeletonScript()),
])
registerNodes(store, nodes, 'v1.36.3')
startScheduler(store)
const report: ReferenceReport = {
  kubeconfig: api.kubeconfig,
  nodes: nodes.map(({ name }) => name),
  nodeShell: Object.fromEntries(nodes.map(({ name }) => [name, world.enter(name)])),
  pid: process.pid,
}
process.stdout.write(`${JSON.stringify(report)}\n`)

// Pods reach the API at the first node, where a real cluster's control plane is.
const [first] = nodes
for (const { node } of first?.addresses ?? [])
  await listenIn(world, first?.name ?? '', node, 6443, (socket) => api.httpsServer.emit('connection', socket)).catch(
    (error: Error) => leaving.signal.aborted || console.error(error.message),
  )

async function leave(): Promise<void> {
  leaving.abort()
  await world.close()
  process.exit(0)
}

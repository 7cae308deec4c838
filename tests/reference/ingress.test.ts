import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { CoreV1Api, CustomObjectsApi, DiscoveryV1Api, KubeConfig, NetworkingV1Api } from '@kubernetes/client-node'
import { issueSelfSigned } from '../../reference/api/certificates.ts'
import type { Gateway, HttpRoute } from '../../reference/gateway-api.ts'
import { type Reference, startReference } from '../../reference/index.ts'
import { type Answer, clientOn } from './ingress-client.ts'

const namespace = 'default'
const group = { group: 'gateway.networking.k8s.io', version: 'v1', namespace }
const own = { name: 'reference-ingress', namespace: 'kube-system' }
/** Its body is the pod's name, and the headers that it got. */
const server = `require('http').createServer((request, response) => response.end(
  JSON.stringify({ pod: require('os').hostname(), headers: request.headers }))).on('upgrade', (request, socket) =>
  socket.end('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\nhello')).listen(8080);
  process.on('SIGTERM', () => setTimeout(process.exit, 500))`

const backend = (name: string, port: object = { number: 80 }) => ({ service: { name, port } })
const rule = (host: string, service: object, path = '/') => ({
  host,
  http: { paths: [{ path, pathType: 'Prefix', backend: service as ReturnType<typeof backend> }] },
})
const podOf = ({ body }: Answer) => (JSON.parse(body) as { pod: string }).pod

/** Tries again until nothing is thrown, for a minute. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + 60_000
  for (;;)
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > end) throw error
      await delay(50)
    }
}

suite('the Ingress controller of a reference cluster', { timeout: 120_000 }, () => {
  let cluster: Reference
  let core: CoreV1Api
  let networking: NetworkingV1Api
  let custom: CustomObjectsApi
  let discovery: DiscoveryV1Api
  let ask: ReturnType<typeof clientOn>
  let addresses: string[]

  const createIngress = (name: string, spec: object, ingressClassName = 'reference') =>
    networking.createNamespacedIngress({ namespace, body: { metadata: { name }, spec: { ingressClassName, ...spec } } })
  const addressesOf = async (name: string) => {
    const { status } = await networking.readNamespacedIngress({ name, namespace })
    return (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip)
  }
  const createPod = (name: string, app: string) => {
    const readinessProbe = { httpGet: { port: 8080 as never }, periodSeconds: 1 }
    const container = { name: 'main', image: 'node:24-slim', command: ['node', '-e', server], readinessProbe }
    const body = { metadata: { name, labels: { app } }, spec: { containers: [container] } }
    return core.createNamespacedPod({ namespace, body })
  }
  const createService = (name: string, spec: object = {}) => {
    const ports = [{ name: 'http', port: 80, targetPort: 8080 as never }]
    const body = { metadata: { name }, spec: { ipFamilyPolicy: 'PreferDualStack', ports, ...spec } }
    return core.createNamespacedService({ namespace, body })
  }
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status)
  const times = (count: number, host: string) =>
    Array.from({ length: count }, (_, index) => ({ address: addresses[index % 2] ?? '', host }))

  before(async () => {
    cluster = await startReference({ nodes: 2, ipFamily: 'dual' })
    const config = new KubeConfig()
    config.loadFromString(cluster.kubeconfig)
    core = config.makeApiClient(CoreV1Api)
    networking = config.makeApiClient(NetworkingV1Api)
    custom = config.makeApiClient(CustomObjectsApi)
    discovery = config.makeApiClient(DiscoveryV1Api)
    ask = clientOn(cluster.nodeShell['node-1'] ?? [])
    const service = await core.readNamespacedService(own)
    addresses = service.spec?.clusterIPs ?? []
    assert.equal(addresses.length, 2)
    await Promise.all([createService('web', { selector: { app: 'web' } }), createService('empty')])
    await Promise.all([createPod('web-1', 'web'), createPod('web-2', 'web')])
    await createIngress('web', { rules: [rule('web.example', backend('web', { name: 'http' }))] })
    await eventually(async () => {
      const answers = await ask(...times(4, 'web.example'))
      assert.deepEqual([...new Set(answers.map(podOf))].sort(), ['web-1', 'web-2'])
    })
  })
  after(() => cluster.stop())

  test('its Ingresses get the addresses of its Service, and those of another class do not', async () => {
    await createIngress('foreign', { rules: [rule('foreign.example', backend('web'))] }, 'other')
    const read = async () => (await core.readNamespacedService(own)).status?.loadBalancer?.ingress ?? []
    if ((await read()).length === 0) {
      // Nothing gives the Service an address, so the test does.
      const value = { loadBalancer: { ingress: [{ ip: '172.30.0.250' }] } }
      await core.patchNamespacedServiceStatus({ ...own, body: [{ op: 'replace', path: '/status', value }] })
    }
    await eventually(async () => {
      const expected = (await read()).map(({ ip }) => ip)
      assert.ok(expected.length > 0)
      assert.deepEqual(await addressesOf('web'), expected)
    })
    assert.deepEqual(await addressesOf('foreign'), [])
    const [first = '', second = ''] = addresses
    const requests = [first, second].flatMap((address) =>
      ['foreign.example', 'web.example', 'none.example'].map((host) => ({ address, host })),
    )
    assert.deepEqual(statuses(await ask(...requests)), [404, 200, 404, 404, 200, 404])
  })

  test('a client cannot choose what the backend reads about it', async () => {
    const headers = { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil' }
    const [answer] = await ask({ address: addresses[0] ?? '', host: 'web.example', headers })
    const read = (JSON.parse(answer?.body ?? '{}') as { headers: Record<string, string> }).headers
    assert.match(read['x-forwarded-for'] ?? '', /^(172\.30\.0|10\.244\.\d)\.\d+$/)
    assert.deepEqual(
      [read.host, read['x-forwarded-host'], read['x-forwarded-proto']],
      ['web.example', 'web.example', 'http'],
    )
  })

  test('a WebSocket reaches the backend', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket' }
    const answers = await ask(
      ...['web.example', 'none.example'].map((host) => ({ address: addresses[0] ?? '', host, headers })),
    )
    assert.deepEqual(answers, [
      { status: 101, body: 'hello' },
      { status: 404, body: '' },
    ])
  })

  test('no request fails while pods are replaced, and 503 says that no pod is left', async () => {
    await createService('changing', { selector: { app: 'changing' } })
    await createPod('old', 'changing')
    await createIngress('changing', { rules: [rule('changing.example', backend('changing'))] })
    const request = times(1, 'changing.example')
    await eventually(async () => assert.deepEqual(statuses(await ask(...request)), [200]))
    await createPod('new', 'changing')
    await eventually(async () => {
      const answers = await ask(...times(2, 'changing.example'))
      assert.deepEqual(answers.map(podOf).sort(), ['new', 'old'])
    })
    await core.deleteNamespacedPod({ name: 'old', namespace })
    await eventually(async () => {
      const answers = await ask(...times(20, 'changing.example'))
      assert.deepEqual(new Set(statuses(answers)), new Set([200]))
      assert.deepEqual(new Set(answers.map(podOf)), new Set(['new']))
    })
    await core.deleteNamespacedPod({ name: 'new', namespace })
    await eventually(async () => assert.deepEqual(statuses(await ask(...request)), [503]))
  })

  test('another endpoint is tried when one accepts no connection', async () => {
    await createService('half', { ipFamilyPolicy: 'SingleStack' })
    const { status } = await core.readNamespacedPod({ name: 'web-1', namespace })
    const live = status?.podIP ?? ''
    const slice = (name: string, address: string, port: number) =>
      discovery.createNamespacedEndpointSlice({
        namespace,
        body: {
          ...{ metadata: { name, labels: { 'kubernetes.io/service-name': 'half' } }, addressType: 'IPv4' },
          ...{ endpoints: [{ addresses: [address] }], ports: [{ name: 'http', port, protocol: 'TCP' }] },
        },
      })
    // Nothing listens on port 8081.
    await Promise.all([slice('half-dead', live, 8081), slice('half-live', live, 8080)])
    await createIngress('half', { rules: [rule('half.example', backend('half'))] })
    await eventually(async () => {
      assert.deepEqual(new Set(statuses(await ask(...times(10, 'half.example')))), new Set([200]))
    })
    await discovery.deleteNamespacedEndpointSlice({ name: 'half-live', namespace })
    await eventually(async () => assert.deepEqual(statuses(await ask(...times(1, 'half.example'))), [502]))
  })

  test('a name gets the certificate of its Ingress, and another name the default one', async () => {
    const names = ['exact', 'wild']
    for (const name of names) {
      const { certificate, key } = await issueSelfSigned(name)
      const stringData = { 'tls.crt': certificate, 'tls.key': key }
      const body = { metadata: { name }, type: 'kubernetes.io/tls', stringData }
      await core.createNamespacedSecret({ namespace, body })
    }
    await createIngress('tls', {
      rules: [rule('a.tls.example', backend('web'))],
      tls: [
        { hosts: ['*.tls.example'], secretName: 'wild' },
        { hosts: ['a.tls.example'], secretName: 'exact' },
        { hosts: ['lost.example'], secretName: 'lost' },
      ],
    })
    const serverNames = ['a.tls.example', 'b.tls.example', 'c.b.tls.example', 'lost.example', 'web.example', '']
    const asks = serverNames.map((serverName) => ({ address: addresses[1] ?? '', host: 'a.tls.example', serverName }))
    const other = 'reference ingress default certificate'
    await eventually(async () => {
      const answers = await ask(...asks)
      assert.deepEqual(
        answers.map(({ status, subject }) => `${status} ${subject}`),
        ['exact', 'wild', other, other, other, other].map((subject) => `200 ${subject}`),
      )
    })
  })

  test('a Gateway on port 80 serves the routes of its namespace, by weight', async () => {
    const apiVersion = 'gateway.networking.k8s.io/v1'
    const create = (plural: string, kind: string, name: string, spec: object) =>
      custom.createNamespacedCustomObject({ ...group, plural, body: { apiVersion, kind, metadata: { name }, spec } })
    const listener = (name: string, port: number) => ({ name, port, protocol: 'HTTP', hostname: '*.gateway.example' })
    const gateway = (name: string, port: number) =>
      create('gateways', 'Gateway', name, { gatewayClassName: 'reference', listeners: [listener('http', port)] })
    await Promise.all([gateway('good', 80), gateway('bad', 8080)])
    const route = (name: string, parent: string, hostname: string, ...backendRefs: object[]) =>
      create('httproutes', 'HTTPRoute', name, {
        ...{ parentRefs: [{ name: parent }], hostnames: [hostname], rules: [{ backendRefs }] },
      })
    await Promise.all([
      route('some', 'good', 'a.b.gateway.example', { name: 'web', port: 80 }, { name: 'empty', port: 80, weight: 0 }),
      route('lost', 'good', 'lost.gateway.example', { name: 'lost', port: 80 }),
      route('far', 'good', 'far.example', { name: 'web', port: 80 }),
    ])
    const read = async (plural: string, name: string) => custom.getNamespacedCustomObject({ ...group, plural, name })
    const reasons = (conditions: { type: string; status: string; reason: string }[] = []) =>
      conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)
    const ofGateway = async (name: string) => reasons(((await read('gateways', name)) as Gateway).status?.conditions)
    const ofRoute = async (name: string) =>
      reasons(((await read('httproutes', name)) as HttpRoute).status?.parents?.[0]?.conditions)
    await eventually(async () => {
      assert.deepEqual(await ofGateway('good'), ['Accepted True Accepted', 'Programmed True Programmed'])
      assert.deepEqual(await ofGateway('bad'), ['Accepted False ListenersNotValid', 'Programmed False Invalid'])
      assert.deepEqual(await ofRoute('some'), ['Accepted True Accepted', 'ResolvedRefs True ResolvedRefs'])
      assert.deepEqual(await ofRoute('lost'), ['Accepted True Accepted', 'ResolvedRefs False BackendNotFound'])
      assert.equal((await ofRoute('far'))[0], 'Accepted False NoMatchingListenerHostname')
    })
    const names = ['a.b.gateway.example', 'lost.gateway.example', 'far.example', 'a.gateway.example']
    const asks = names.map((host) => ({ address: addresses[0] ?? '', host }))
    assert.deepEqual(statuses(await ask(...asks)), [200, 500, 404, 404])
    const overTls = { address: addresses[0] ?? '', host: 'a.b.gateway.example', serverName: 'a.b.gateway.example' }
    assert.deepEqual(statuses(await ask(overTls)), [404])
  })
})

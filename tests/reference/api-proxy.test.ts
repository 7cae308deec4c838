import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer, request as overHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import { issueSelfSigned } from '../../reference/api/certificates.ts'
import { rewriteLinks, rewriteLocation } from '../../reference/api/proxy-links.ts'
import { type Fixture, startFixture, startPod } from './api-fixture.ts'

const answer: RequestListener = (request, response) => {
  if (request.url === '/moved') return void response.writeHead(302, { location: '/there' }).end()
  const isPage = request.url === '/page'
  response.setHeader('content-type', isPage ? 'text/html' : 'text/plain')
  response.end(isPage ? '<a href="/next">' : `${request.method} ${request.url} ${request.headers['x-forwarded-uri']}`)
}

suite('the proxy of the API', () => {
  const plain = createServer(answer)
  let secure: ReturnType<typeof createSecureServer>
  let fixture: Fixture
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  const base = '/api/v1/namespaces/default'

  before(async () => {
    const { certificate, key } = await issueSelfSigned('pod')
    secure = createSecureServer({ cert: certificate, key }, answer)
    await Promise.all([plain, secure].map((server) => once(server.listen(0, '127.0.0.1'), 'listening')))
    fixture = await startFixture()
    const { core, discovery, store } = fixture
    const ports = [{ containerPort: portOf(plain) }]
    const body = { metadata: { name: 'web' }, spec: { containers: [{ name: 'main', image: 'node', ports }] } }
    await core.createNamespacedPod({ namespace: 'default', body })
    startPod(store, 'default', 'web')
    store.update('Pod', 'default', 'web', (pod) => Object.assign(pod.status as object, { podIP: '127.0.0.1' }))
    const spec = { ports: [{ name: 'http', port: 80 }] }
    await core.createNamespacedService({ namespace: 'default', body: { metadata: { name: 'shop' }, spec } })
    await discovery.createNamespacedEndpointSlice({
      namespace: 'default',
      body: {
        metadata: { name: 'shop-1', labels: { 'kubernetes.io/service-name': 'shop' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['127.0.0.1'] }],
        ports: [{ name: 'http', port: portOf(plain) }],
      },
    })
  })
  after(async () => {
    await fixture[Symbol.asyncDispose]()
    for (const server of [plain, secure]) server.close()
  })

  async function ask(path: string, method = 'GET') {
    const { config, api } = fixture
    const options = { host: '127.0.0.1', port: api.port, path: base + path, method }
    await config.applyToHTTPSOptions(options)
    const [response] = await once(overHttps(options).end(), 'response')
    const { statusCode, headers } = response
    return { statusCode, location: headers.location, body: await text(response) }
  }

  test('sends every method on to a pod, with the path and the query', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { statusCode, body } = await ask('/pods/web/proxy/a%20b/?c=d', method)
      assert.deepEqual([statusCode, body], [200, `${method} /a%20b/?c=d ${base}/pods/web/proxy/a%20b/`])
    }
    assert.equal((await ask('/pods/web/proxy', 'POST')).statusCode, 200)
    assert.equal((await ask('/pods/web/proxy/', 'HEAD')).statusCode, 200)
  })

  test('takes a port, and https, whose certificate it does not check', async () => {
    assert.equal((await ask(`/pods/web:${portOf(plain)}/proxy/`)).statusCode, 200)
    assert.equal((await ask(`/pods/https:web:${portOf(secure)}/proxy/`)).statusCode, 200)
    assert.equal((await ask('/pods/ftp:web:80/proxy/')).statusCode, 400)
  })

  test('reaches a Service by the name and the number of its port', async () => {
    for (const name of ['shop:http', 'shop:80', 'http:shop:http'])
      assert.equal((await ask(`/services/${name}/proxy/`)).statusCode, 200, name)
    for (const name of ['shop', 'shop:81']) assert.equal((await ask(`/services/${name}/proxy/`)).statusCode, 503, name)
    assert.equal((await ask('/services/nobody/proxy/')).statusCode, 404)
  })

  test('keeps the client on its path', async () => {
    const own = `${base}/pods/web/proxy`
    const { statusCode, location } = await ask('/pods/web/proxy?a=b')
    assert.deepEqual([statusCode, location], [301, `${own}/?a=b`])
    assert.equal((await ask('/pods/web/proxy/moved')).location, `${own}/there`)
    assert.equal((await ask('/pods/web/proxy/page')).body, `<a href="${own}/next">`)
  })

  test('changes links to the same server alone', () => {
    const page = `<img alt="/x" src='/a'><a href=/b>/c</a><a href="//other/d"><a href="e">`
    assert.equal(
      rewriteLinks(page, '/proxy'),
      `<img alt="/x" src='/proxy/a'><a href=/proxy/b>/c</a><a href="//other/d"><a href="e">`,
    )
    assert.equal(rewriteLocation('https://other/', '/proxy'), 'https://other/')
  })
})

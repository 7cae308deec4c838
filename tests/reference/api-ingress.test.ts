import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { NetworkingV1Api, type V1Status } from '@kubernetes/client-node'
import { type Fixture, startFixture } from './api-fixture.ts'

const namespace = 'default'
const defaultBackend = { service: { name: 'web', port: { number: 80 } } }
const path = { path: '/', pathType: 'Prefix', backend: defaultBackend }

/** `FIELD: MESSAGE` for each cause of a refusal. */
async function refusal(attempt: Promise<unknown>): Promise<string[]> {
  const error = await attempt.then(
    () => assert.fail('nothing was refused'),
    (reason: unknown) => reason,
  )
  const { body } = error as { body: unknown }
  const { details } = (typeof body === 'string' ? JSON.parse(body) : body) as V1Status
  return (details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`)
}

const networkingOf = ({ config }: Fixture) => config.makeApiClient(NetworkingV1Api)

// The messages of hosts, paths and backends are compared with those of kind in kubectl.test.ts.
suite('Ingresses in the reference API', () => {
  test('a new one gets the newest default class, and an empty status', async () => {
    await using fixture = await startFixture()
    const networking = networkingOf(fixture)
    const create = (name: string, more: object = {}, annotations = {}) =>
      networking.createNamespacedIngress({
        namespace,
        body: { metadata: { name, annotations }, spec: { defaultBackend, ...more } },
      })
    assert.equal((await create('none')).spec?.ingressClassName, undefined)
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' }
    await networking.createIngressClass({
      body: { metadata: { name: 'usual', annotations }, spec: { controller: 'example.com/one' } },
    })
    const made = await create('usual')
    assert.equal(JSON.stringify([made.spec?.ingressClassName, made.status]), '["usual",{"loadBalancer":{}}]')
    assert.equal((await create('own', { ingressClassName: 'own' })).spec?.ingressClassName, 'own')
    const old = await create('old', {}, { 'kubernetes.io/ingress.class': 'old' })
    assert.equal(old.spec?.ingressClassName, undefined)
  })

  test('one without rules, or with a wrong port, is refused', async () => {
    await using fixture = await startFixture()
    const create = (spec: object) =>
      networkingOf(fixture).createNamespacedIngress({ namespace, body: { metadata: { name: 'a' }, spec } })
    assert.deepEqual(await refusal(create({})), [
      'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
    ])
    const both = { service: { name: 'web', port: { number: 80, name: 'http' } } }
    const named = { service: { name: 'web', port: { name: 'Http--' } } }
    const paths = [{ ...path, pathType: undefined }, ...[both, named].map((backend) => ({ ...path, backend }))]
    const at = 'spec.rules[0].http.paths'
    const name = `${at}[2].backend.service.port.name: Invalid value: "Http--"`
    assert.deepEqual(await refusal(create({ rules: [{ http: { paths } }] })), [
      `${at}[0].pathType: Required value: pathType must be specified`,
      `${at}[1].backend: Invalid value: "": cannot set both port name & port number`,
      `${name}: must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`,
      `${name}: must not contain consecutive hyphens`,
      `${name}: must not begin or end with a hyphen`,
    ])
  })

  test('the controller of a class is a domain with a path, and does not change', async () => {
    await using fixture = await startFixture()
    const networking = networkingOf(fixture)
    const create = (controller: string) =>
      networking.createIngressClass({ body: { metadata: { name: 'c' }, spec: { controller } } })
    assert.deepEqual(await refusal(create('')), ['spec.controller: Required value'])
    assert.deepEqual(await refusal(create('nginx')), [
      'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
    ])
    assert.deepEqual(await refusal(create(`a.b/${'c'.repeat(250)}`)), [
      'spec.controller: Too long: may not be more than 250 bytes',
    ])
    const made = await create('example.com/one')
    const body = { ...made, spec: { controller: 'example.com/two' } }
    assert.deepEqual(await refusal(networking.replaceIngressClass({ name: 'c', body })), [
      'spec.controller: Invalid value: "example.com/two": field is immutable',
    ])
  })

  test('a Secret for TLS has a certificate and a key, and keeps its type', async () => {
    await using fixture = await startFixture()
    const type = 'kubernetes.io/tls'
    const create = (stringData: Record<string, string>) =>
      fixture.core.createNamespacedSecret({ namespace, body: { metadata: { name: 's' }, type, stringData } })
    assert.deepEqual(await refusal(create({})), ['data[tls.crt]: Required value', 'data[tls.key]: Required value'])
    const made = await create({ 'tls.crt': 'a', 'tls.key': 'b' })
    const changed = fixture.core.replaceNamespacedSecret({ namespace, name: 's', body: { ...made, type: 'Opaque' } })
    assert.deepEqual(await refusal(changed), ['type: Invalid value: "Opaque": field is immutable'])
  })
})

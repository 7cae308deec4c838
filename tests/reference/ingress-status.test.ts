import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Snapshot } from '../../reference/ingress/snapshot.ts'
import { missingStatuses } from '../../reference/ingress/statuses.ts'

const controller = 'reference.cluster.local/ingress-controller'
const service = (...ingress: object[]) => ({
  metadata: { name: 'reference-ingress', namespace: 'kube-system' },
  status: { loadBalancer: { ingress } },
})
const ingress = (ingressClassName: string, ...present: object[]) => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: { ingressClassName },
  status: { loadBalancer: present.length > 0 ? { ingress: present } : {} },
})
const path = '/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web'
const written = (...addresses: object[]) => [{ path, status: { loadBalancer: { ingress: addresses } } }]

function missing(own: object, found: object) {
  const ingressClasses = [{ metadata: { name: 'reference' }, spec: { controller } }]
  const none = { slices: [], secrets: [], gatewayClasses: [], gateways: [], routes: [] }
  return missingStatuses({ ...none, ingressClasses, services: [own], ingresses: [found] } as unknown as Snapshot)
}

suite('the status of an Ingress', () => {
  const ip = '172.30.0.200'

  test('has the addresses of the Service, without their ports and modes', () => {
    const both = service({ ip, ipMode: 'VIP', ports: [] }, { hostname: 'lb.example' })
    assert.deepEqual(missing(both, ingress('reference')), written({ ip }, { hostname: 'lb.example' }))
    assert.deepEqual(missing(service({ ip }), ingress('reference', { ip: '172.30.0.1' })), written({ ip }))
    assert.deepEqual(missing(service({ ip }), ingress('reference', { ip })), [])
  })

  test('loses them when the Service has none, or when the Ingress changes its class', () => {
    const empty = [{ path, status: { loadBalancer: { ingress: null } } }]
    assert.deepEqual(missing(service(), ingress('reference', { ip })), empty)
    assert.deepEqual(missing(service({ ip }), ingress('other', { ip })), empty)
  })

  test('is left alone for another class', () => {
    assert.deepEqual(missing(service({ ip }), ingress('other')), [])
    assert.deepEqual(missing(service({ ip }), ingress('other', { ip: '172.30.0.1' })), [])
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { hostOf } from '../../reference/ingress/hosts.ts'
import { findRule, type Rule } from '../../reference/ingress/rules.ts'
import { buildTable } from '../../reference/ingress/table.ts'
import { drawShare } from '../../reference/ingress/targets.ts'

type Row = [rules: string[], path: string, expected: string | undefined]

/** A rule that is its own target, from `Exact /foo` or `a.example Prefix /`. */
function rule(text: string): Rule<string> {
  const words = text.split(' ')
  const [path = '', pathType, host = ''] = words.toReversed()
  return { host, wildcard: 'one label', pathType: pathType === 'Exact' ? 'Exact' : 'Prefix', path, target: text }
}

const found = (rules: string[], host: string, path: string) => findRule(rules.map(rule), host, path)?.target

// https://kubernetes.io/docs/concepts/services-networking/ingress/#examples, and the rows of path_rules.feature and
// host_rules.feature of ingress-controller-conformance.
const pathRows: Row[] = [
  [['Prefix /'], '/', 'Prefix /'],
  [['Prefix /'], '/any/path', 'Prefix /'],
  [['Exact /foo'], '/foo', 'Exact /foo'],
  [['Exact /foo'], '/bar', undefined],
  [['Exact /foo'], '/foo/', undefined],
  [['Exact /foo'], '/FOO', undefined],
  [['Exact /foo'], '/foo/bar', undefined],
  [['Exact /foo/'], '/foo', undefined],
  [['Exact /foo/'], '/foo/', 'Exact /foo/'],
  [['Prefix /foo'], '/foo', 'Prefix /foo'],
  [['Prefix /foo'], '/foo/', 'Prefix /foo'],
  [['Prefix /foo'], '/FOO', undefined],
  [['Prefix /foo/'], '/foo', 'Prefix /foo/'],
  [['Prefix /foo/'], '/foo/', 'Prefix /foo/'],
  [['Prefix /aaa/bb'], '/aaa/bbb', undefined],
  [['Prefix /aaa/bbb'], '/aaa', undefined],
  [['Prefix /aaa/bbb'], '/aaa/bbb', 'Prefix /aaa/bbb'],
  [['Prefix /aaa/bbb/'], '/aaa/bbb', 'Prefix /aaa/bbb/'],
  [['Prefix /aaa/bbb'], '/aaa/bbb/', 'Prefix /aaa/bbb'],
  [['Prefix /aaa/bbb'], '/aaa/bbb/ccc', 'Prefix /aaa/bbb'],
  [['Prefix /aaa/bbb'], '/aaa/bbbxyz', undefined],
  [['Prefix /aaa/bbb'], '/aaa//bbb', undefined],
  [['Prefix /', 'Prefix /aaa'], '/aaa/ccc', 'Prefix /aaa'],
  [['Prefix /', 'Prefix /aaa', 'Prefix /aaa/bbb'], '/aaa/bbb', 'Prefix /aaa/bbb'],
  [['Prefix /aaa/bbb', 'Prefix /aaa', 'Prefix /'], '/aaa/ccc', 'Prefix /aaa'],
  [['Prefix /', 'Prefix /aaa', 'Prefix /aaa/bbb'], '/ccc', 'Prefix /'],
  [['Prefix /aaa'], '/ccc', undefined],
  [['Prefix /foo', 'Exact /foo'], '/foo', 'Exact /foo'],
  [['Prefix /foo', 'Exact /foo'], '/foo/', 'Prefix /foo'],
  [['Prefix /foo/', 'Exact /foo'], '/foo', 'Exact /foo'],
  [['Prefix /foo', 'Exact /foo/'], '/foo/', 'Exact /foo/'],
]

const hosts = ['a.example Prefix /', '*.a.example Prefix /', 'Prefix /any']
const hostRows: Row[] = [
  [hosts, 'a.example', 'a.example Prefix /'],
  [hosts, 'b.a.example', '*.a.example Prefix /'],
  [hosts, 'c.b.a.example', undefined],
  [hosts, 'b.example', undefined],
  [hosts, 'xa.example', undefined],
  [hosts, '.a.example', undefined],
  [hosts, '', undefined],
  [['*.a.example Prefix /', 'b.a.example Prefix /'], 'b.a.example', 'b.a.example Prefix /'],
  [['Prefix /', '*.a.example Prefix /'], 'b.a.example', '*.a.example Prefix /'],
  [['Prefix /', '*.a.example Prefix /'], 'c.b.a.example', 'Prefix /'],
  [['Prefix /', 'a.example Prefix /foo'], 'a.example', undefined],
]

suite('the rules of Ingresses', () => {
  for (const [rules, path, expected] of pathRows)
    test(`${rules.join(', ')} for ${path}`, () => {
      assert.equal(found(rules, 'a.example', path), expected)
      assert.equal(found(rules.toReversed(), 'a.example', path), expected)
    })
  for (const [rules, host, expected] of hostRows)
    test(`${rules.join(', ')} for ${host || 'no host'}`, () => assert.equal(found(rules, host, '/'), expected))

  test('the host of a request has no port, no final dot and no upper case', () => {
    assert.deepEqual(['A.example:80', 'a.example.', 'a.example'].map(hostOf), Array(3).fill('a.example'))
    assert.equal(hostOf(undefined), '')
  })

  test('a wildcard of the Gateway API covers several labels', () => {
    const wide = [{ ...rule('*.a.example Prefix /'), wildcard: 'labels' as const }]
    assert.ok(findRule(wide, 'c.b.a.example', '/'))
    assert.equal(findRule(wide, 'a.example', '/'), undefined)
  })

  test('shares of weight 0 are never drawn', () => {
    const target = [{ weight: 0 }, { weight: 3 }, { weight: 1 }]
    const drawn = [0, 0.74, 0.76, 0.99].map((random) => drawShare(target, random))
    assert.deepEqual(drawn, [target[1], target[1], target[2], target[2]])
    assert.equal(drawShare([{ weight: 0 }], 0.5), undefined)
  })
})

const backend = (name: string) => ({ service: { name, port: { number: 80 } } })
const ingress = (name: string, spec: object, ingressClassName = 'reference') => ({
  metadata: { name, namespace: 'shop' },
  spec: { ingressClassName, ...spec },
})
const rules = (host: string, path: string, service: string) => ({
  rules: [{ host, http: { paths: [{ path, pathType: 'Prefix', backend: backend(service) }] } }],
})
const controller = 'reference.cluster.local/ingress-controller'

function tableOf(...ingresses: object[]) {
  const ingressClasses = [{ metadata: { name: 'reference' }, spec: { controller } }]
  const none = { services: [], slices: [], secrets: [], gatewayClasses: [], gateways: [], routes: [] }
  const table = buildTable({ ...none, ingressClasses, ingresses: ingresses as never })
  return (host: string, path: string) => table.find(host, path, false)?.[0]?.backend?.service
}

suite('default backends', () => {
  const shop = ingress('shop', { ...rules('a.example', '/shop', 'shop'), defaultBackend: backend('own') })
  const all = ingress('all', { defaultBackend: backend('all') })

  test('one serves the rest of its own hosts, and the first one everything else', () => {
    const find = tableOf(all, shop)
    assert.deepEqual(
      [find('a.example', '/shop'), find('a.example', '/'), find('b.example', '/')],
      ['shop', 'own', 'all'],
    )
  })

  test('without one, nothing serves the rest', () => {
    const find = tableOf(ingress('shop', rules('a.example', '/shop', 'shop')))
    assert.deepEqual(
      [find('a.example', '/shop'), find('a.example', '/'), find('b.example', '/')],
      ['shop', undefined, undefined],
    )
  })

  test('a rule without paths leaves its host to the default backend', () => {
    const find = tableOf(ingress('shop', { rules: [{ host: 'a.example' }], defaultBackend: backend('own') }))
    assert.equal(find('a.example', '/x'), 'own')
  })

  test('an Ingress of another class, or of none, counts for nothing', () => {
    const spec = { ...rules('a.example', '/', 'shop'), defaultBackend: backend('own') }
    const foreign = ingress('shop', spec, 'other')
    const without = { ...foreign, spec }
    assert.equal(tableOf(foreign, without)('a.example', '/'), undefined)
  })

  test('of two Ingresses with one path, the older one counts', () => {
    const find = tableOf(ingress('old', rules('a.example', '/', 'old')), ingress('new', rules('a.example', '/', 'new')))
    assert.equal(find('a.example', '/'), 'old')
  })
})

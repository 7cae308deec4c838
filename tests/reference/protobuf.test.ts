import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeProtobuf } from '../../reference/api/protobuf.ts'

/** A field whose value has a length: a text or a message. */
const field = (id: number, value: Buffer | string) => {
  const bytes = Buffer.from(value as string)
  return Buffer.concat([Buffer.from([id * 8 + 2, bytes.length]), bytes])
}
const number = (id: number, value: number) => Buffer.from([id * 8, value])
const body = (apiVersion: string, kind: string, ...fields: Buffer[]) => {
  const typeMeta = field(1, Buffer.concat([field(1, apiVersion), field(2, kind)]))
  return Buffer.concat([Buffer.from('k8s\0'), typeMeta, field(2, Buffer.concat(fields))])
}

test('a deletion keeps its grace period of 0', async () => {
  const sent = body('v1', 'DeleteOptions', number(1, 0), field(2, field(1, 'some-uid')), field(4, 'Background'))
  assert.deepEqual(await decodeProtobuf(sent), {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: 0,
    preconditions: { uid: 'some-uid' },
    propagationPolicy: 'Background',
  })
})

test('a Deployment keeps its number of 0, and loses empty fields', async () => {
  const container = field(2, Buffer.concat([field(1, 'main'), field(2, 'node:24'), field(6, number(2, 0))]))
  const spec = field(2, Buffer.concat([number(1, 0), field(3, field(2, container))]))
  assert.deepEqual(await decodeProtobuf(body('apps/v1', 'Deployment', field(1, field(1, 'web')), spec)), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 0, template: { spec: { containers: [{ name: 'main', image: 'node:24', ports: [{}] }] } } },
  })
})

test('a body of another kind, and one that is no protobuf, is not read', async () => {
  assert.equal(await decodeProtobuf(body('v1', 'PersistentVolume')), undefined)
  assert.equal(await decodeProtobuf(Buffer.from('{}')), undefined)
})

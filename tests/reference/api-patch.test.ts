import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch } from '../../reference/api/patch.ts'
import { labelSelector } from '../../reference/api/selectors.ts'

const strategic = 'application/strategic-merge-patch+json'
const merge = 'application/merge-patch+json'

test('a strategic merge knows list entries by their keys', () => {
  const before = {
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
    args: ['x'],
  }
  const patch = { env: [{ name: 'B', value: '3' }, { name: 'A', $patch: 'delete' }, { name: 'C' }], args: ['y'] }
  assert.deepEqual(applyPatch(before, patch, strategic), {
    env: [{ name: 'B', value: '3' }, { name: 'C' }],
    args: ['y'],
  })
})

test('a strategic merge orders a list as it is told', () => {
  const before = { env: [{ name: 'A' }, { name: 'B' }] }
  const patch = { '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }], env: [{ name: 'A', value: '1' }] }
  assert.deepEqual(applyPatch(before, patch, strategic), { env: [{ name: 'B' }, { name: 'A', value: '1' }] })
})

test('a merge patch replaces lists and drops what is null', () => {
  const before = { a: { b: 1, c: 2 }, list: [1, 2] }
  assert.deepEqual(applyPatch(before, { a: { b: null }, list: [3] }, merge), { a: { c: 2 }, list: [3] })
})

test('label selectors: equality, sets and existence', () => {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { app: 'web', tier: 'front' } } }
  for (const text of [
    'app=web',
    'app==web,tier!=back',
    'app in (web, db)',
    'app notin (db),tier',
    '!missing',
    'missing!=x',
    '',
  ])
    assert.ok(labelSelector(text)(object), text)
  for (const text of ['app=db', 'app notin (web)', '!app', 'missing', 'missing in (x)'])
    assert.ok(!labelSelector(text)(object), text)
})

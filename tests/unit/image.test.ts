import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readSettings } from '../../cli/settings.ts'
import { fullName, isRegistry, mirrored } from '../../contract/image.ts'

describe('an image in a mirror', () => {
  const NAMES: [image: string, full: string, inMirror: string][] = [
    ['node:24-slim', 'docker.io/library/node:24-slim', 'm.example:5000/cache/library/node:24-slim'],
    ['node', 'docker.io/library/node:latest', 'm.example:5000/cache/library/node'],
    ['acme/node:1', 'docker.io/acme/node:1', 'm.example:5000/cache/acme/node:1'],
    ['docker.io/library/node:1', 'docker.io/library/node:1', 'm.example:5000/cache/library/node:1'],
    ['ghcr.io/acme/x/y:v1.2', 'ghcr.io/acme/x/y:v1.2', 'm.example:5000/cache/acme/x/y:v1.2'],
    ['localhost:5001/node:24', 'localhost:5001/node:24', 'm.example:5000/cache/node:24'],
    ['localhost/node', 'localhost/node:latest', 'm.example:5000/cache/node'],
    [
      'node:24@sha256:ab12',
      'docker.io/library/node:24@sha256:ab12',
      'm.example:5000/cache/library/node:24@sha256:ab12',
    ],
    ['a.b/node@sha256:ab12', 'a.b/node@sha256:ab12', 'm.example:5000/cache/node@sha256:ab12'],
  ]
  for (const [image, full, inMirror] of NAMES)
    it(`${image}: the mirror stands in place of the registry, and the path is kept`, () => {
      assert.equal(fullName(image), full)
      assert.equal(mirrored(image, 'm.example:5000/cache'), inMirror)
      assert.equal(mirrored(image, undefined), image)
    })
})

describe('a registry', () => {
  for (const good of [
    'm.example',
    'm.example:5000',
    'localhost',
    'm.example:5000/a/b-c_d.e',
    '10.0.0.1:80',
    '[fd00::1]:5000',
  ])
    it(`is ${good}`, () => assert.ok(isRegistry(good)))
  const bad = [
    '',
    'mirror',
    'mirror/a',
    'https://m.example',
    'm.example/',
    'm.example//a',
    'm.example/A',
    'm.example/a:1',
    'a b.c',
    '-m.example',
    'm.example:port',
  ]
  for (const each of bad)
    it(`is not ${JSON.stringify(each)}`, () => {
      assert.ok(!isRegistry(each))
      assert.throws(() => readSettings({ imageRegistry: each }, []), {
        name: 'UsageError',
        message: /^--image-registry: expected HOST\[\/PATH\]/,
      })
    })
})

describe('the image of the probes', () => {
  const of = (flags: object) => readSettings({ imageRegistry: 'm.example', ...flags }, []).probeImage
  it('comes from the mirror', () => {
    assert.equal(of({}), 'm.example/library/node:24-slim')
    assert.equal(of({ probeImage: 'node:26' }), 'm.example/library/node:26')
  })
  it('comes from its own registry, if the user names it', () => {
    assert.equal(of({ probeImage: 'other.example/node:26' }), 'other.example/node:26')
  })
})

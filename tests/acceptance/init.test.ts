import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Desk, sentenceOf } from './cli.ts'

describe('flatnet init', () => {
  it('writes a file that a run accepts, and replaces none', async () => {
    using desk = new Desk()
    const first = await desk.run(['init', 'own.yaml'])
    assert.deepEqual([first.code, first.stdout], [0, 'own.yaml\n'])
    const images = await desk.run(['images', '--config', 'own.yaml'])
    assert.deepEqual([images.code, images.stdout.split('\n')[0]], [0, 'node:24-slim'])
    const text = readFileSync(desk.path('own.yaml'), 'utf8')
    assert.match(text, /^# yaml-language-server: \$schema=https:/)
    desk.file('own.yaml', text.replace(/^#imageRegistry:.*$/m, 'imageRegistry: m.example:5000'))
    const mirrored = await desk.run(['images', '--config', 'own.yaml'])
    assert.match(mirrored.stdout, /^m\.example:5000\/library\/node:24-slim\n/)
    const second = await desk.run(['init', 'own.yaml'])
    assert.equal(second.code, 64)
    assert.match(sentenceOf(second), /^own\.yaml exists; .*--force\.$/)
    assert.match(readFileSync(desk.path('own.yaml'), 'utf8'), /^imageRegistry: m\.example/m)
  })

  it('prints the schema for editors', async () => {
    using desk = new Desk()
    const { stdout } = await desk.run(['init', '--schema'])
    const { required, properties } = JSON.parse(stdout) as { required: string[]; properties: Record<string, unknown> }
    assert.deepEqual(required, ['apiVersion', 'kind'])
    assert.ok('probeImage' in properties)
  })
})

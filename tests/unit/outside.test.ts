import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { findOutside } from '../../cluster/outside/outside.ts'
import { checkOutside } from '../../cluster/outside/testcontainers.ts'
import { Settings } from '../../contract/settings.ts'

describe('without the package testcontainers', () => {
  let hooks: ReturnType<typeof registerHooks>
  before(() => {
    hooks = registerHooks({
      resolve(name, context, next) {
        if (name !== 'testcontainers') return next(name, context)
        throw Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' })
      },
    })
  })
  after(() => hooks.deregister())

  it('there is no host outside the cluster, and the reason names the package', async () => {
    const facts = { source: 'test', nodeShell: {}, lacks: {} }
    const site = { run: 'abcde', nodes: [], allNodes: [], image: 'node:24-slim', facts, settings: Settings.parse({}) }
    const found = await findOutside(site)
    assert.equal(found.outside, undefined)
    assert.match(
      found.observer ?? '',
      /^no host outside the cluster: the npm package testcontainers is not installed; /,
    )
    assert.match(found.observer ?? '', /flatnet observe .* --observer HOST:PORT, or use --outside runner$/)
  })

  it('a run that asks for one ends before it makes anything', async () => {
    await assert.rejects(checkOutside('docker'), {
      name: 'Trouble',
      message: /testcontainers is not installed; install it with npm install/,
    })
    await checkOutside('auto')
    await checkOutside('none')
  })
})

import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { checkOutside, dockerObserver } from '../../cluster/outside/docker.ts'

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
    const reason = await dockerObserver('abcde', [], 'node:24-slim')
    assert.equal(reason, 'no host outside the cluster: the npm package testcontainers is not installed')
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

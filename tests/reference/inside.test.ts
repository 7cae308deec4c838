import assert from 'node:assert/strict'
import path from 'node:path'
import { suite, test } from 'node:test'
import { execa } from 'execa'
import { plainEnvironment } from '../../reference/network/commands.ts'
import { inWorld } from '../../reference/network/world.ts'

/** Runs a file of tests as the one program of a world. */
async function inside(file: string, ...args: string[]): Promise<void> {
  const [command = '', ...words] = inWorld([
    process.execPath,
    '--test-force-exit',
    path.join(import.meta.dirname, file),
    ...args,
  ])
  const { exitCode, all } = await execa(command, words, {
    ...{ env: plainEnvironment, extendEnv: false, stdin: 'ignore', all: true, reject: false },
  })
  assert.equal(exitCode, 0, all)
}

suite('inside a world', { concurrency: 3 }, () => {
  for (const family of ['ipv4', 'ipv6', 'dual'])
    test(`its network, ${family}`, () => inside('network.inside.ts', family))
  for (const family of ['ipv4', 'ipv6']) test(`its Services, ${family}`, () => inside('services.inside.ts', family))
  for (const family of ['ipv4', 'ipv6']) test(`its outside world, ${family}`, () => inside('outside.inside.ts', family))
  for (const family of ['ipv4', 'ipv6'])
    test(`its load balancer, ${family}`, () => inside('load-balancer.inside.ts', family))
  test('its kubelets', () => inside('kubelet.inside.ts'))
})

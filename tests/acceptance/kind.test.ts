import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { flatnet, kindIsHere, type Outcome, tool } from './kind.ts'

/** What one node is told, and which ids must then be red; everything else stays green. */
interface Fault {
  name: string
  /** Statements of an nft table of ours, for the node with that pod range among those of the others. */
  nft: (own: string, others: string) => string
  red: string[]
  says: RegExp
}

const FAULTS: Fault[] = [
  {
    name: 'the source of packets to other nodes is translated',
    nft: (own, others) =>
      `chain post { type nat hook postrouting priority 90; ip saddr ${own} ip daddr { ${others} } masquerade; }`,
    red: ['I02', 'P04', 'P05', 'P12'],
    says: /client says .* server saw .* translates the source/s,
  },
  {
    name: 'only UDP is translated',
    nft: (own, others) =>
      `chain post { type nat hook postrouting priority 90; ip saddr ${own} ip daddr { ${others} } meta l4proto udp masquerade; }`,
    red: ['P04', 'P05', 'P12'],
    says: /translates the source of UDP/,
  },
  {
    name: 'packets over 1,200 bytes are dropped',
    nft: (own, others) =>
      `chain through { type filter hook forward priority -10; ip saddr ${own} ip daddr { ${others} } meta length > 1200 drop; }`,
    red: ['P11'],
    says: /timeout/,
  },
]

describe('a kind cluster', {
  skip: (await kindIsHere()) ? false : 'no Docker and kind here',
  timeout: 1_200_000,
}, () => {
  const name = `flatnet-test-${process.pid}`
  let kubeconfig = ''
  const run = (...args: string[]): Promise<Outcome> => flatnet(['run', '--kubeconfig', kubeconfig, ...args])

  before(async () => {
    kubeconfig = (await flatnet(['cluster', 'up', '--name', name])).stdout.trim()
  })
  after(() => flatnet(['cluster', 'down', name]))

  it('conforms, every promise that exists is tested, and nothing is left', async () => {
    const { code, report, stdout } = await run()
    assert.equal(code, 0, stdout)
    assert.deepEqual(
      report.profiles.flatMap(({ skipped, failed }) => [...skipped, ...failed]),
      [],
    )
    assert.ok(report.run.apiRequests <= 400, `${report.run.apiRequests} requests`)
    assert.equal(report.run.left, undefined)
    const left = await tool(['kubectl', '--kubeconfig', kubeconfig, 'get', 'namespaces', '-o', 'name'])
    assert.doesNotMatch(left, /flatnet/)
  })

  for (const { name: what, nft, red, says } of FAULTS) {
    it(`is non-conformant when on one node ${what}`, async () => {
      const ranges = JSON.parse(await tool(['kubectl', '--kubeconfig', kubeconfig, 'get', 'nodes', '-o', 'json'])) as {
        items: { metadata: { name: string }; spec: { podCIDR: string } }[]
      }
      const broken = ranges.items.find(({ metadata }) => metadata.name.endsWith('-worker'))
      assert.ok(broken)
      const others = ranges.items.filter((node) => node !== broken).map(({ spec }) => spec.podCIDR)
      const on = ['docker', 'exec', '-i', broken.metadata.name, 'nft']
      await tool([...on, '-f', '-'], `table ip flatnet-fault {\n${nft(broken.spec.podCIDR, others.join(', '))}\n}\n`)
      try {
        const { code, report, stdout } = await run()
        assert.equal(code, 1, stdout)
        const failed = report.profiles.flatMap((profile) => profile.failed)
        assert.deepEqual([...new Set(failed.map(({ id }) => id))].sort(), red, stdout)
        assert.match(failed.map(({ because }) => because).join('\n'), says)
      } finally {
        await tool([...on, 'delete', 'table', 'ip', 'flatnet-fault'])
      }
    })
  }
})

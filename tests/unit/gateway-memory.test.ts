import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gatewayTable, memoryIn } from '../../cluster/outside/gateway.ts'
import { gatewayTable as referenceTable } from '../../reference/network/internet-gateway.ts'

/** What `nft -j list table inet internet-gateway` of nftables 1.0.6 wrote, without its chains and rules. */
const RECORDED = {
  containers: `{"nftables":[
  {"metainfo":{"version":"1.0.6","release_name":"Lester Gooch #5","json_schema_version":1}},
  {"table":{"family":"inet","name":"internet-gateway","handle":1}},
  {"set":{"family":"inet","name":"nodes4","table":"internet-gateway","type":"ipv4_addr","handle":4,"elem":["172.18.0.2","172.18.0.3"]}},
  {"set":{"family":"inet","name":"refused4","table":"internet-gateway","type":["ipv4_addr","ipv4_addr","inet_service"],"handle":5,"size":65535,"flags":["timeout"],"timeout":60,"elem":[{"elem":{"val":{"concat":["10.244.1.10","203.0.113.10",40001]},"expires":60}}]}},
  {"set":{"family":"inet","name":"forwarded4","table":"internet-gateway","type":["ipv4_addr","inet_service","inet_service","inet_proto"],"handle":6,"size":65535,"flags":["timeout"],"timeout":600,"elem":[{"elem":{"val":{"concat":["172.18.0.2",40003,7080,"tcp"]},"expires":600}},{"elem":{"val":{"concat":["172.18.0.3",53,7000,"udp"]},"expires":600}}]}},
  {"set":{"family":"inet","name":"nodes6","table":"internet-gateway","type":"ipv6_addr","handle":7,"elem":["fc00::2"]}},
  {"set":{"family":"inet","name":"refused6","table":"internet-gateway","type":["ipv6_addr","ipv6_addr","inet_service"],"handle":8,"size":65535,"flags":["timeout"],"timeout":60,"elem":[{"elem":{"val":{"concat":["fd00:10:244:1::a","fd01::10",40002]},"expires":60}}]}},
  {"set":{"family":"inet","name":"forwarded6","table":"internet-gateway","type":["ipv6_addr","inet_service","inet_service","inet_proto"],"handle":9,"size":65535,"flags":["timeout"],"timeout":600,"elem":[{"elem":{"val":{"concat":["fc00::2",40003,7000,"udp"]},"expires":600}}]}}
]}`,
  reference: `{"nftables":[
  {"metainfo":{"version":"1.0.6","release_name":"Lester Gooch #5","json_schema_version":1}},
  {"table":{"family":"inet","name":"internet-gateway","handle":2}},
  {"set":{"family":"inet","name":"nodes4","table":"internet-gateway","type":"ipv4_addr","handle":4,"elem":["172.18.0.2"]}},
  {"set":{"family":"inet","name":"refused4","table":"internet-gateway","type":["ipv4_addr","ipv4_addr","inet_service"],"handle":5,"size":65535,"flags":["timeout"],"timeout":60,"elem":[{"elem":{"val":{"concat":["10.244.1.10","203.0.113.10",40001]},"expires":59}}]}},
  {"set":{"family":"inet","name":"forwarded4","table":"internet-gateway","type":["ipv4_addr","inet_service","inet_service","inet_service","inet_proto"],"handle":6,"size":65535,"flags":["timeout"],"timeout":600,"elem":[{"elem":{"val":{"concat":["172.18.0.2",40003,80,7080,"tcp"]},"expires":599}},{"elem":{"val":{"concat":["172.18.0.3",40004,1024,7000,"udp"]},"expires":599}}]}},
  {"set":{"family":"inet","name":"nodes6","table":"internet-gateway","type":"ipv6_addr","handle":7,"elem":["fc00::2"]}},
  {"set":{"family":"inet","name":"refused6","table":"internet-gateway","type":["ipv6_addr","ipv6_addr","inet_service"],"handle":8,"size":65535,"flags":["timeout"],"timeout":60,"elem":[{"elem":{"val":{"concat":["fd00:10:244:1::a","fd01::10",40002]},"expires":59}}]}},
  {"set":{"family":"inet","name":"forwarded6","table":"internet-gateway","type":["ipv6_addr","inet_service","inet_service","inet_service","inet_proto"],"handle":9,"size":65535,"flags":["timeout"],"timeout":600,"elem":[{"elem":{"val":{"concat":["fc00::2",40003,1025,7000,"udp"]},"expires":599}}]}}
]}`,
}

/** The types of the sets in the text of a table, by name. */
const setsIn = (table: string) =>
  new Map([...table.matchAll(/set (\w+) \{ type ([^;]+);/g)].map(([, name = '', type = '']) => [name, type.trim()]))

const recordedSets = (json: string) => {
  const all = (JSON.parse(json) as { nftables: { set?: { name: string; type: string | string[] } }[] }).nftables
  return new Map(all.flatMap(({ set }) => (set ? [[set.name, [set.type].flat().join(' . ')]] : [])))
}

const sides = [
  { internet: '203.0.113.0/24', external: '203.0.113.2' },
  { internet: 'fd01::/64', external: 'fd01::2' },
]
const TEXTS = { containers: gatewayTable(['172.18.0.2', 'fc00::2'], sides), reference: referenceTable([]) }

describe('what an internet gateway remembers', () => {
  for (const [where, json] of Object.entries(RECORDED)) {
    it(`is read as nft writes it, ${where}`, () => {
      const { forwarded, refused } = memoryIn(json)
      const port =
        where === 'reference' ? { first: 80, second: 1024, third: 1025 } : { first: 40_003, second: 53, third: 40_003 }
      assert.deepEqual(forwarded, [
        { source: '172.18.0.2', port: port.first, destinationPort: 7080, protocol: 'TCP' },
        { source: '172.18.0.3', port: port.second, destinationPort: 7000, protocol: 'UDP' },
        { source: 'fc00::2', port: port.third, destinationPort: 7000, protocol: 'UDP' },
      ])
      assert.deepEqual(refused, [
        { source: '10.244.1.10', destination: '203.0.113.10', port: 40_001 },
        { source: 'fd00:10:244:1::a', destination: 'fd01::10', port: 40_002 },
      ])
    })

    it(`is in sets of the types that its table has, ${where}`, () => {
      const text = TEXTS[where as keyof typeof TEXTS]
      assert.deepEqual([...setsIn(text)].sort(), [...recordedSets(json)].sort())
    })
  }
})

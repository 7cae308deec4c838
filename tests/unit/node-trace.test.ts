import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hitsIn } from '../../cluster/nodes/trace.ts'

const TABLE = 'flatnet-trace-x'
const line = (rest: string) => `trace id 66c17657 ${rest}`

describe('a trace of packets', () => {
  it('names each rule that dropped, refused or rewrote a packet once, in any spelling of nft and iptables', () => {
    const text = [
      line('inet flatnet-trace-x prerouting-early rule ip saddr 10.244.1.4 meta nftrace set 1 (verdict continue)'),
      line('inet kube-proxy prerouting-zones packet: iif "cni0" ip saddr 10.244.1.4 ip daddr 10.244.2.3 udp dport 53'),
      line('inet kube-proxy prerouting-zones rule jump zones (verdict jump zones)'),
      line('inet kube-proxy service rule dnat ip to 10.244.2.4:80 (verdict accept)'),
      line('inet firewall forward rule meta l4proto udp drop (verdict drop)'),
      line('inet firewall forward rule meta l4proto udp drop (verdict drop)'),
      line('ip filter FORWARD rule ip protocol udp counter packets 1 bytes 60 reject (verdict drop)'),
      line(
        'ip nat POSTROUTING rule ip saddr 10.244.0.0/16 counter packets 3 bytes 180 xt target MASQUERADE (verdict accept)',
      ),
      line('inet kube-proxy prerouting-zones policy accept '),
      line('ip filter FORWARD policy drop '),
      'trace id 11111111 inet somebody forward rule udp dport 53 drop (verdict drop)',
    ].join('\n')
    assert.deepEqual(
      hitsIn(text, TABLE).map(({ chain, verdict }) => `${chain}: ${verdict}`),
      [
        'inet kube-proxy service: translated',
        'inet firewall forward: drop',
        'ip filter FORWARD: reject',
        'ip nat POSTROUTING: translated',
        'ip filter FORWARD: drop',
      ],
    )
    assert.equal(hitsIn(text, TABLE)[1]?.rule, 'meta l4proto udp drop')
  })

  it('does not name the rules that trace, nor those that only look', () => {
    const text = [
      line('inet flatnet-trace-x prerouting-early rule ip saddr 10.0.0.1 meta nftrace set 1 (verdict continue)'),
      line('inet firewall forward rule ct state established accept (verdict accept)'),
      'something else',
    ].join('\n')
    assert.deepEqual(hitsIn(text, TABLE), [])
  })
})

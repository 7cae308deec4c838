import type { NodeStep, Place } from '../fault.ts'
import { inPod, table } from './nft.ts'

/** An address near the end of the node's pod CIDR that is unused: `ip` with its last part replaced by a number made from `n`. */
export const spare = (ip: string, n: number): string =>
  ip.includes(':') ? ip.replace(/[^:]*$/, (n + 0xf000).toString(16)) : ip.replace(/\d+$/, String(n))

/** Steps that give the server pod a second address, and redirect connections of the node's own agents to it. */
export function secondAddress(place: Place): NodeStep[] {
  const pod = place.pod('server')
  const ip = pod.containers[0]?.ips[0] ?? ''
  const second = spare(ip, 249)
  const family = place.families.find(({ version }) => (version === 6) === ip.includes(':'))
  const bits = family?.version === 6 ? 128 : 32
  const route = `ip ${bits === 128 ? '-6 ' : ''}route`
  return [
    inPod(pod, {
      in: `ip addr add ${second}/${bits} dev eth0${bits === 128 ? ' nodad' : ''}`,
      out: `ip addr del ${second}/${bits} dev eth0 2>/dev/null || :`,
      shows: `ip -o addr show dev eth0 | grep -qF ' ${second}/'`,
    }),
    routed(place, second, bits, route),
    table(place.node.name, 'redirect-on-the-node', [
      {
        hook: 'nat hook output priority -110',
        rules: `${family?.ip} daddr ${ip} meta l4proto tcp dnat ${family?.ip} to ${second}`,
      },
    ]),
  ]
}

/** A step that adds a route to the second address, because some networks have a route for each pod. */
const routed = (place: Place, second: string, bits: number, route: string): NodeStep => {
  const ip = place.pod('server').containers[0]?.ips[0] ?? ''
  return {
    node: place.node.name,
    in: `dev=$(${route} get ${ip} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')\n${route} add ${second}/${bits} dev "$dev"`,
    out: `${route} del ${second}/${bits} 2>/dev/null || :`,
    shows: `${route} show ${second} | grep -q .`,
  }
}

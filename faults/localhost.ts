import { restartsOf } from '../cluster/pods/refs.ts'
import type { StandingPod } from '../contract/topology.ts'
import { eventually } from '../contract/waiting.ts'
import { BOTH, type Fault, type Meanwhile, type NodeStep, type Place } from './fault.ts'
import { podIP } from './kit/family.ts'
import { SERVICES, TALKING } from './kit/groups.ts'
import { namespaceOf, table, tableInPod } from './kit/nft.ts'
import { HTTP, LOOPBACK_PORT, PROBE_PORTS, SIBLING, TCP } from './kit/ports.ts'
import { eachProcess, hostname, pidsOf } from './kit/processes.ts'

const v4 = ({ families }: Place) => families.some(({ version }) => version === 4)

/** Allows packets for 127.0.0.0/8 to leave and enter through the pod's interface. */
const ROUTED =
  'echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet\necho 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet'

/** How long the API may take to show that a container has restarted. */
const LONGEST_MS = 20_000

export const localhost: Fault[] = [
  {
    id: 'localhost-filtered',
    says: 'A hardened pod template filters the loopback interface, so a sidecar cannot reach its application.',
    breaks: [{ id: 'C01' }, { id: 'C02', rows: /sibling/ }],
    where: 'one pod',
    on: BOTH,
    steps: (place) => [
      tableInPod(place.pod('server'), 'localhost-filtered', [
        {
          hook: 'filter hook input priority 0',
          rules: `iifname "lo" meta l4proto { tcp, udp } th dport ${PROBE_PORTS} drop`,
        },
      ]),
    ],
  },
  {
    id: 'localhost-redirected',
    says: 'The iptables rules of a service mesh redirect connections between the containers of one pod.',
    breaks: [{ id: 'C01', rows: /TCP/ }],
    where: 'one pod',
    on: BOTH,
    steps: (place) => [
      tableInPod(place.pod('server'), 'localhost-redirected', [
        { hook: 'nat hook output priority -110', rules: `oifname "lo" tcp dport ${SIBLING} redirect to :${TCP}` },
      ]),
    ],
  },
  {
    id: 'localhost-exposed',
    says: 'Other pods can reach an admin port that is bound to localhost.',
    breaks: [{ id: 'C02', rows: /client/ }],
    where: 'one pod',
    on: BOTH,
    steps: (place) => {
      const pod = place.pod('server')
      const rules = v4(place)
        ? `meta nfproto ipv4 tcp dport ${LOOPBACK_PORT} dnat ip to 127.0.0.1`
        : `meta nfproto ipv6 tcp dport ${LOOPBACK_PORT} redirect to :${TCP}`
      return [
        tableInPod(
          pod,
          'localhost-exposed',
          [{ hook: 'nat hook prerouting priority -110', rules }],
          v4(place) ? ROUTED : '',
        ),
      ]
    },
  },
  {
    id: 'refusals-dropped',
    says: 'A firewall drops the refusals of a pod’s closed ports, so clients wait until they time out.',
    breaks: [{ id: 'C02', rows: /client/ }],
    where: 'one pod',
    on: BOTH,
    steps: (place) => [
      tableInPod(place.pod('server'), 'refusals-dropped', [
        {
          hook: 'filter hook output priority 0',
          rules:
            'oifname "eth0" tcp flags rst / rst,ack drop\noifname "eth0" tcp flags & (rst | ack) == (rst | ack) drop',
        },
      ]),
    ],
  },
  {
    id: 'localhost-shared',
    says: 'Two pods of a node share localhost, so a server that one binds there answers the other.',
    breaks: [{ id: 'C07' }],
    where: 'one pod',
    on: BOTH,
    needs: ['ipv4'],
    steps: (place) => {
      const ip = podIP(place, 'server', { version: 4 })
      return [
        tableInPod(
          place.pod('client'),
          'localhost-shared',
          [
            {
              hook: 'nat hook output priority -110',
              rules: `ip daddr 127.0.0.1 tcp dport ${LOOPBACK_PORT} dnat ip to ${ip}:${TCP}`,
            },
            { hook: 'nat hook postrouting priority 90', rules: `ip saddr 127.0.0.1 oifname "eth0" masquerade` },
          ],
          ROUTED,
        ),
      ]
    },
  },
  {
    id: 'ports-shared',
    says: 'Two pods of a node share their ports, so connections to one pod reach the other.',
    breaks: [{ id: 'P08' }, { id: 'P01' }],
    also: {
      ids: [...TALKING, ...SERVICES],
      because: 'their clients dial the same pod',
    },
    where: 'one pod',
    on: BOTH,
    steps: (place) => [
      table(place.node.name, 'ports-shared', [
        {
          hook: 'nat hook prerouting priority -110',
          rules: place.families.map(
            (f) =>
              `${f.ip} daddr ${podIP(place, 'server', f)} meta l4proto { tcp, udp } th dport ${TCP}-${HTTP} dnat ${f.ip} to ${podIP(place, 'client', f)}`,
          ),
        },
      ]),
    ],
  },
  {
    id: 'hostname-changed',
    says: 'A start script changes the hostname, so logs of one pod seem to come from two machines.',
    breaks: [{ id: 'C06' }],
    also: { ids: ['I04'], because: 'it looks up the pod’s current hostname in /etc/hosts' },
    where: 'one pod',
    on: BOTH,
    steps: (place) => [hostname(place.pod('server'), 'flatnet-renamed', place.pod('server').name)],
  },
  {
    id: 'spec-hostname-lost',
    says: 'The hostname inside a pod is not the one of its spec.hostname.',
    breaks: [{ id: 'I08' }],
    where: 'one pod',
    on: BOTH,
    steps: (place) => [hostname(place.pod('client'), place.pod('client').name, place.pod('client').hostname ?? '')],
  },
  {
    id: 'hosts-file',
    says: 'A tool rewrote /etc/hosts, so a pod finds another address under its own hostname.',
    breaks: [{ id: 'I04' }],
    where: 'one pod',
    on: BOTH,
    steps: (place) => {
      const pod = place.pod('server')
      const ip = pod.containers[0]?.ips[0] ?? ''
      const file = '/proc/$pid/root/etc/hosts'
      const saved = `/run/flatnet-hosts-${pod.uid}`
      return [
        // This step is first, so its `out` runs last, when the processes no longer need the saved file.
        { node: pod.node, in: ':', out: `rm -f ${saved}`, shows: `[ -e ${saved} ]` },
        eachProcess(pod, {
          in: `[ -e ${saved} ] || cp ${file} ${saved}\nsed 's/^${ip.replaceAll('.', '[.]')}[[:space:]]/192.0.2.1 /' ${saved} > ${file}`,
          out: `[ ! -e ${saved} ] || cat ${saved} > ${file}`,
          shows: `grep -q '^192[.]0[.]2[.]1 ' ${file}`,
        }),
      ]
    },
  },
  {
    id: 'container-elsewhere',
    says: 'A container was restarted in the network namespace of its node instead of the one of its pod.',
    breaks: [{ id: 'C01' }, { id: 'C03' }, { id: 'C04' }],
    also: {
      ids: ['C02', 'C05', 'I01', 'P07', 'D10', 'S03', 'S04'],
      because: 'the container uses the node’s addresses and ports',
    },
    where: 'one pod',
    // Only a reference cluster finds a container's namespace by a path over which another one can be mounted.
    on: ['reference'],
    steps: (place) => {
      const pod = place.pod('server')
      const find = `${namespaceOf(pod.containers[0]?.ips ?? [])}\nright=$ns`
      return [restartedInto(pod, 'sibling', find, `wrong=${place.node.name}`), restartSeen(pod)]
    },
  },
]

/** Waits until the API shows that a container of the pod has restarted, so that scenarios find it as it stays. */
const restartSeen = ({ namespace, name, restarts = 0 }: StandingPod): Meanwhile => ({
  what: `the restart of a container of ${name}`,
  begin: async ({ api, signal }, acted) => {
    const seen = async () =>
      signal.aborted || restartsOf(await api.core.readNamespacedPod({ namespace, name })) > restarts || undefined
    if (await eventually(LONGEST_MS, seen)) acted()
    return async () => {}
  },
})

/** A step that kills a container. It restarts while the path of its network namespace leads to another namespace. */
function restartedInto(pod: StandingPod, container: string, right: string, wrong: string): NodeStep {
  const net = `net=\n${pidsOf(pod, container)}\nset -- $pids\nif [ -n "$1" ]; then net=$(readlink /proc/$1/ns/net); fi`
  const inode = (name: string) => `$(stat -Lc 'net:[%i]' /run/netns/${name})`
  const isIn = (name: string) => `${net}\n[ "$net" = "${inode(name)}" ]`
  const kill = `${pidsOf(pod, container)}\nkill -9 $pids 2>/dev/null || :`
  const until = (condition: string) =>
    `for turn in $(seq 200); do if (\n${condition}\n); then break; fi; sleep 0.1; done`
  return {
    node: pod.node,
    in: `${wrong}\n${right}\nmount --bind "/run/netns/$wrong" "/run/netns/$right"\n${kill}\n${until(isIn('$right'))}\numount "/run/netns/$right"`,
    out: `${wrong}\nif (\n${isIn('$wrong')}\n); then ${kill}; fi\n${right}\n${until(isIn('$right'))}`,
    shows: `${wrong}\n${isIn('$wrong')}`,
  }
}

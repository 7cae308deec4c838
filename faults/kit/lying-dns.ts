import { readFileSync } from 'node:fs'
import { UNPRIVILEGED } from '../../cluster/pods/plan.ts'
import { show } from '../../contract/conversation.ts'
import { packageRoot } from '../../contract/files.ts'
import { runLabels } from '../../contract/labels.ts'
import { eventually } from '../../contract/waiting.ts'
import type { Meanwhile, Place, Stage } from '../fault.ts'
import { inFamily } from './family.ts'
import { dropTable, leftTables, table } from './nft.ts'

const PORT = 5353
const UP_MS = 60_000
/** A client may use the port of an earlier question again, and conntrack would still send it to the server that is gone. */
const FORGET = `conntrack -D -p udp --orig-port-dst 53 >/dev/null 2>&1 || :`

/**
 * Runs a DNS server in a pod of the run that falsifies answers in one way (`lie`). The chosen node redirects the questions of
 * its pods to this server. Pods of other nodes still get true answers.
 */
export function lyingDns(place: Place, fault: string, lie: string, detail = ''): Meanwhile {
  const name = `flatnet-liar-${fault}`
  const { topology, node } = place
  const namespace = topology.namespaces.main
  return {
    what: `pod ${name} answers the DNS questions of ${node.name}`,
    leaves: leftTables(fault, [node.name]),
    begin: async ({ api, shell }: Stage, acted) => {
      const labels = runLabels(topology.run)
      const program = readFileSync(`${packageRoot()}/dist/liar.cjs`, 'utf8')
      await api.core.createNamespacedConfigMap({
        namespace,
        body: { metadata: { name, labels }, data: { 'liar.cjs': program } },
      })
      await api.core.createNamespacedPod({ namespace, body: podOf(place, name, lie, detail) })
      const ips = await eventually(UP_MS, async () => {
        const { status } = await api.core.readNamespacedPod({ namespace, name })
        const log =
          status?.phase === 'Running' ? await api.core.readNamespacedPodLog({ namespace, name }).catch(() => '') : ''
        return log.includes('lying') ? status?.podIPs?.map(({ ip }) => ip) : undefined
      })
      if (!ips) throw new Error(`pod ${name} did not start within ${UP_MS / 1000} s`)
      await shell(node.name, redirection(place, fault, ips))
      acted()
      return async () => {
        await shell(node.name, `${dropTable(fault)}\n${FORGET}`)
        await api.core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 })
        await api.core.deleteNamespacedConfigMap({ namespace, name })
      }
    },
  }
}

function redirection({ families, node }: Place, fault: string, ips: readonly string[]): string {
  const rules = families.flatMap(({ ip, own, dns, version }) => {
    const [liar] = inFamily(ips, { version })
    if (!liar || !dns) return []
    const to = show({ ip: liar, port: PORT })
    return [
      `${ip} saddr ${own} ${ip} saddr != ${liar} ${ip} daddr ${dns} meta l4proto { tcp, udp } th dport 53 dnat ${ip} to ${to}`,
    ]
  })
  return table(node.name, fault, [{ hook: 'nat hook prerouting priority -110', rules }]).in
}

const podOf = ({ topology, node }: Place, name: string, lie: string, detail: string) => ({
  metadata: { name, labels: runLabels(topology.run) },
  spec: {
    nodeName: node.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    tolerations: [{ operator: 'Exists' }],
    securityContext: UNPRIVILEGED,
    containers: [
      {
        name: 'liar',
        image: topology.settings.probeImage,
        command: ['node', '/flatnet/liar.cjs', lie, detail],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'program', mountPath: '/flatnet', readOnly: true }],
      },
    ],
    volumes: [{ name: 'program', configMap: { name } }],
  },
})

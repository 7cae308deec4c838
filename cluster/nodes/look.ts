import type { ClusterFacts } from '../../contract/cluster.ts'
import { onNode } from '../commands.ts'
import type { Traced } from './trace.ts'

/** How much of the output of one command is kept, in characters. */
const MOST = 4_000

/** The commands that show how a node handles a conversation, each with its purpose. A command that a node lacks says so. */
const commandsFor = ({ ip, host, port }: Traced): Record<string, string> => {
  const six = host.includes(':') ? '-6 ' : ''
  return {
    'route to the server': `ip ${six}route get ${host}`,
    'route to the client': `ip ${six}route get ${ip}`,
    neighbours: `ip ${six}neigh show`,
    'connection tracking': `{ conntrack -L -s ${ip} 2>/dev/null || cat /proc/net/nf_conntrack; } | grep -F ${host} | grep -F port=${port} | head -5`,
    'interfaces that drop': "ip -s link | awk '/^[0-9]+:/ {name=$2} /RX:|TX:/ {getline; if ($4 > 0) print name, $0}'",
    'offloads of eth0':
      "ethtool -k eth0 | grep -E '^(tx-checksumming|tcp-segmentation|generic-(segmentation|receive))'",
  }
}

/** The output of each command on a node, by its purpose. */
export async function lookAt(
  facts: Pick<ClusterFacts, 'nodeShell'>,
  node: string,
  traced: Traced,
): Promise<Record<string, string>> {
  const all = Object.entries(commandsFor(traced)).map(async ([purpose, command]) => {
    const text = await onNode(facts, node, `{ ${command}; } 2>&1 || :`).catch((error: unknown) => String(error))
    return [purpose, `$ ${command}\n${text.slice(0, MOST)}`] as const
  })
  return Object.fromEntries(await Promise.all(all))
}

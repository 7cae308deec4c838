import type { ClusterFacts } from '../../contract/cluster.ts'
import { holdOnNode, onNode } from '../commands.ts'

/** One conversation whose packets are traced: its client's address, and the address and port that it dials. */
export interface Traced {
  ip: string
  host: string
  port: number
  transport: 'TCP' | 'UDP'
}

/** A rule that decided about a packet of the conversation, or rewrote it. */
export interface RuleHit {
  /** The family, table and chain: `inet filter forward`. */
  chain: string
  rule: string
  verdict: 'drop' | 'reject' | 'translated'
}

/** A trace of one run on one node. The packets are traced until it is read or the process ends, which removes the table. */
export interface Trace {
  read: () => Promise<{ hits: RuleHit[]; text: string }>
  end: () => Promise<void>
}

/** How long the monitor may run, in seconds, if nobody ends it. */
const LONGEST_S = 60
/** How much of a trace is read, in bytes. */
const MOST_BYTES = 200_000

/**
 * Lets the kernel of a node say which nftables rules meet the packets of a conversation, in both directions. It adds one table with the
 * name of the run, which changes no packet, and removes it at the end. iptables rules of its nft variant are seen as well.
 * @throws Trouble if the node has no nft.
 */
export async function traceOn(
  facts: Pick<ClusterFacts, 'nodeShell'>,
  node: string,
  run: string,
  traced: Traced,
): Promise<Trace> {
  const table = `flatnet-trace-${run}`
  const folder = `/tmp/${table}-${node}`
  const put = `rm -rf ${folder}
mkdir ${folder}
nft -f - <<'RULES'
table inet ${table} {
${chains(traced)}
}
RULES
timeout ${LONGEST_S} stdbuf -oL nft monitor trace > ${folder}/trace 2>/dev/null &
echo $! > ${folder}/pid
sleep 0.3`
  const undo = `nft delete table inet ${table} 2>/dev/null || :
p=$(cat ${folder}/pid)
grep -q monitor "/proc/$p/cmdline" 2>/dev/null && kill "$p" || :
rm -rf ${folder}`
  const end = await holdOnNode(facts, node, put, undo)
  return {
    end,
    read: async () => {
      const text = await onNode(facts, node, `head -c ${MOST_BYTES} ${folder}/trace`)
      return { hits: hitsIn(text, table), text }
    },
  }
}

/** The chains that mark the packets: by their addresses before connection tracking, and by the connection after it. */
function chains({ ip, host, port, transport }: Traced): string {
  const family = host.includes(':') ? 'ip6' : 'ip'
  const protocol = transport.toLowerCase()
  const there = `${family} saddr ${ip} ${family} daddr ${host} ${protocol} dport ${port}`
  const back = `${family} saddr ${host} ${family} daddr ${ip} ${protocol} sport ${port}`
  const connection = `ct original ${family} saddr ${ip} ct original ${family} daddr ${host} meta l4proto ${protocol} ct original proto-dst ${port}`
  return (['prerouting', 'output'] as const)
    .flatMap((hook) => [
      `chain ${hook}-early { type filter hook ${hook} priority -350; ${there} meta nftrace set 1; ${back} meta nftrace set 1; }`,
      `chain ${hook}-late { type filter hook ${hook} priority -140; ${connection} meta nftrace set 1; }`,
    ])
    .join('\n')
}

const RULE = /^trace id (\S+) (\S+ \S+ \S+) rule (.+) \(verdict (\S+?)(?: \S+)?\)$/
const POLICY = /^trace id (\S+) (\S+ \S+ \S+) policy (drop)\b/

/**
 * The rules of a trace that dropped, refused or rewrote a packet, and the policies that dropped one, each once. Only packets that the
 * table of this run has marked count: a node may be traced by others as well.
 */
export function hitsIn(text: string, table: string): RuleHit[] {
  const lines = text.split('\n').map((line) => line.trim())
  const ours = new Set(lines.flatMap((line) => /^trace id (\S+) inet (\S+) /.exec(line)?.slice(1, 3).join(' ') ?? []))
  const hits = lines.flatMap((line): RuleHit[] => {
    const [, id = '', chain = '', rule = '', verdict = ''] =
      RULE.exec(line) ?? POLICY.exec(line)?.toSpliced(3, 0, 'policy drop') ?? []
    if (!ours.has(`${id} ${table}`) || chain.includes(table)) return []
    // The words of a comment are not those of the rule.
    const plain = rule.replace(/comment "[^"]*"/g, '')
    if (/\breject\b|"?REJECT"?/.test(plain)) return [{ chain, rule, verdict: 'reject' }]
    if (verdict === 'drop') return [{ chain, rule, verdict }]
    return REWRITES.test(plain) ? [{ chain, rule, verdict: 'translated' }] : []
  })
  return [...new Map(hits.map((hit) => [JSON.stringify(hit), hit])).values()]
}

const REWRITES = /\b(dnat|snat|masquerade|redirect|saddr set|daddr set|DNAT|SNAT|MASQUERADE|REDIRECT)\b/

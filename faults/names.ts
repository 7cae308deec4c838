import type { Fault, Place } from './fault.ts'
import { NAMES } from './kit/groups.ts'
import { FORWARD } from './kit/hooks.ts'
import { rewrittenHosts } from './kit/hosts-file.ts'
import { lyingDns } from './kit/lying-dns.ts'
import { rulesOnNode } from './kit/nft.ts'
import { eachProcess } from './kit/processes.ts'

const NEEDS = ['dns', 'services'] as const

/** All scenarios about DNS get the same false answers. Those of which every row is claimed are not explained twice. */
const alsoBut = (breaks: Fault['breaks']) => ({
  ids: NAMES.filter((each) => !breaks.some(({ id, rows }) => id === each && !rows)),
  because: 'their clients ask the same DNS server',
})

const neighbour = ({ pod, others }: Place): string => pod('client', others[0]).containers[0]?.ips.join(',') ?? ''
const virtualIP = ({ topology }: Place): string => topology.service?.ip ?? ''

interface Lie {
  id: string
  says: string
  breaks: Fault['breaks']
  lie: string
  detail?: (place: Place) => string
}

/** A fault in which cluster DNS is wrong in one way, for the pods of one node. */
const wrong = ({ id, says, breaks, lie, detail = () => '' }: Lie): Fault => ({
  id,
  says,
  breaks,
  also: alsoBut(breaks),
  where: 'one node',
  on: ['reference', 'kind'],
  needs: NEEDS,
  steps: (place) => [lyingDns(place, id, lie, detail(place))],
})

export const names: Fault[] = [
  wrong({
    id: 'dns-silent',
    says: 'The DNS cache of one node hangs. Names resolve on all other nodes.',
    breaks: [{ id: 'D01' }, { id: 'D10' }, { id: 'D11' }],
    lie: 'silent',
  }),
  wrong({
    id: 'dns-another-address',
    says: 'DNS answers with the address of another pod.',
    breaks: [{ id: 'D01' }, { id: 'D07' }],
    lie: 'another-address',
    detail: neighbour,
  }),
  wrong({
    id: 'dns-one-address-more',
    says: 'DNS adds an address that does not belong to the Service, so some requests are lost.',
    breaks: [{ id: 'D01', rows: /UDP|TCP/ }, { id: 'D05' }],
    lie: 'one-more',
  }),
  wrong({
    id: 'dns-one-address-missing',
    says: 'The name of a headless Service lacks the address of one pod, which gets no requests.',
    breaks: [{ id: 'D05' }],
    lie: 'one-missing',
  }),
  wrong({
    id: 'dns-across-namespaces',
    says: 'A DNS rewrite rule resolves short names in every namespace, so clients of one team reach another team’s Service.',
    breaks: [{ id: 'D02' }, { id: 'D06' }],
    lie: 'wildcard',
    detail: virtualIP,
  }),
  wrong({
    id: 'dns-no-srv',
    says: 'DNS serves no SRV records, so clients cannot find a named port.',
    breaks: [{ id: 'D03' }, { id: 'D08' }],
    lie: 'no-srv',
  }),
  wrong({
    id: 'dns-srv-of-another-port',
    says: 'DNS serves SRV records with the wrong port.',
    breaks: [{ id: 'D03' }, { id: 'D08' }],
    lie: 'srv-of-another-port',
  }),
  wrong({
    id: 'dns-one-srv-missing',
    says: 'The SRV record of one pod is missing from the records of a headless Service.',
    breaks: [{ id: 'D08' }],
    lie: 'one-srv-missing',
  }),
  wrong({
    id: 'dns-another-owner',
    says: 'The reverse lookup of a virtual IP gives the wrong name.',
    breaks: [{ id: 'D04' }],
    lie: 'another-owner',
  }),
  wrong({
    id: 'dns-no-tcp',
    says: 'A firewall drops DNS over TCP, so answers that are too large for a datagram never arrive.',
    breaks: [
      { id: 'D01', rows: /^TCP$/ },
      { id: 'D13', rows: /without/ },
    ],
    lie: 'no-tcp',
  }),
  wrong({
    id: 'dns-edns-ignored',
    says: 'A DNS cache truncates every answer over 512 bytes, so long answers cost a TCP connection each time.',
    breaks: [{ id: 'D13', rows: /with, all/ }],
    lie: 'edns-ignored',
  }),
  wrong({
    id: 'dns-cut-silently',
    says: 'A middlebox cuts long DNS answers and does not say so, so clients miss addresses.',
    breaks: [{ id: 'D13', rows: /without/ }],
    lie: 'cut-silently',
  }),
  wrong({
    id: 'dns-no-edns',
    says: 'A DNS proxy gives no answer to questions with EDNS. Old resolvers work, and new ones time out.',
    breaks: [{ id: 'D13' }],
    lie: 'no-edns',
  }),
  wrong({
    id: 'dns-lies-at-times',
    says: 'One of several DNS servers has an old configuration, so a small share of the answers is wrong.',
    breaks: [{ id: 'D01', rows: /^(UDP|TCP)$/ }, { id: 'D04' }, { id: 'D05' }, { id: 'D07' }],
    lie: 'at-times',
    detail: ({ draw }) => String(draw('dns-lies-at-times').number(2, 10)),
  }),
  wrong({
    id: 'dns-second-try',
    says: 'The first packet to cluster DNS is always lost, so each lookup takes seconds.',
    breaks: [{ id: 'D14' }],
    lie: 'second-try',
  }),
  wrong({
    id: 'dns-case-sensitive',
    says: 'DNS does not find names that are written in capital letters.',
    breaks: [{ id: 'D01', rows: /^(UDP|TCP)$/ }],
    lie: 'case-sensitive',
  }),
  wrong({
    id: 'dns-no-cname',
    says: 'DNS does not serve ExternalName Services.',
    breaks: [{ id: 'D09' }],
    lie: 'no-cname',
  }),
  wrong({
    id: 'dns-stale',
    says: 'A DNS cache keeps its first answer for ever and ignores the TTL.',
    breaks: [{ id: 'D05' }],
    lie: 'stale',
  }),
  {
    ...wrong({
      id: 'dns-no-aaaa',
      says: 'A filter removes AAAA records, so IPv6-only clients find no address.',
      breaks: [{ id: 'DS04' }],
      lie: 'no-aaaa',
    }),
    needs: [...NEEDS, 'dual'],
  },
  {
    id: 'dns-edns-filtered',
    says: 'An old firewall on a node drops DNS questions with EDNS, because it takes them for an attack.',
    breaks: [{ id: 'D13' }],
    where: 'one node',
    on: ['reference', 'kind'],
    needs: NEEDS,
    // Bytes 10 and 11 of the question count its additional records, and EDNS is one. The UDP header comes before them.
    steps: rulesOnNode(
      'dns-edns-filtered',
      FORWARD,
      ({ ip, own }) => `${ip} saddr ${own} udp dport 53 @th,144,16 != 0 drop`,
    ),
  },
  {
    id: 'dns-questions-lost',
    says: 'A node loses a good part of the packets to cluster DNS, so lookups take seconds and then succeed.',
    breaks: [{ id: 'D14' }],
    also: alsoBut([{ id: 'D14' }]),
    where: 'one node',
    on: ['reference', 'kind'],
    needs: NEEDS,
    steps: (place) => {
      const percent = place.draw('dns-questions-lost').number(30, 60)
      return rulesOnNode(
        'dns-questions-lost',
        FORWARD,
        ({ ip, own }) => `${ip} saddr ${own} udp dport 53 numgen random mod 100 < ${percent} drop`,
      )(place)
    },
  },
  {
    id: 'search-list-order',
    says: 'A pod template puts the cluster’s domain first in the search list. Short names cost more queries, and some resolve to the wrong Service.',
    breaks: [{ id: 'D10' }],
    also: { ids: ['D11'], because: 'it compares other pods with the search list of this pod' },
    where: 'one pod',
    on: ['reference', 'kind'],
    needs: NEEDS,
    steps: (place) => {
      const pod = place.pod('client')
      const file = '/proc/$pid/root/etc/resolv.conf'
      const saved = `/run/flatnet-resolv-${pod.uid}`
      return [
        { node: pod.node, in: ':', out: `rm -f ${saved}`, shows: `[ -e ${saved} ]` },
        eachProcess(pod, {
          in: `[ -e ${saved} ] || cp ${file} ${saved}\nsed 's/^search \\([^ ]*\\) \\([^ ]*\\)/search \\2 \\1/' ${saved} > ${file}`,
          out: `[ ! -e ${saved} ] || cat ${saved} > ${file}`,
          shows: `grep -q '^search svc[.]' ${file}`,
        }),
      ]
    },
  },
  {
    id: 'host-aliases-lost',
    says: 'An agent on the node rewrites the hosts file of every new pod, so its hostAliases are lost.',
    breaks: [{ id: 'D12' }],
    where: 'one node',
    on: ['reference', 'kind'],
    steps: ({ node }) => [
      rewrittenHosts(
        node.name,
        'D12',
        "sed 's/^/# /' $hosts > /run/flatnet-hosts-file && cat /run/flatnet-hosts-file > $hosts",
      ),
    ],
  },
]

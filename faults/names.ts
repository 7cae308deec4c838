import type { Fault, Place } from './fault.ts'
import { NAMES } from './kit/groups.ts'
import { rewrittenHosts } from './kit/hosts-file.ts'
import { lyingDns } from './kit/lying-dns.ts'
import { eachProcess } from './kit/processes.ts'

const NEEDS = ['dns', 'services'] as const

/** Every scenario that asks DNS hears the same lies. */
const ALSO = { ids: NAMES, because: 'they ask the same server' }

const neighbour = ({ pod, others }: Place): string => pod('client', others[0]).containers[0]?.ips.join(',') ?? ''
const virtualIP = ({ topology }: Place): string => topology.service?.ip ?? ''

interface Lie {
  id: string
  says: string
  breaks: Fault['breaks']
  lie: string
  detail?: (place: Place) => string
}

/** A cluster DNS that is wrong in one way, for the pods of one node. */
const wrong = ({ id, says, breaks, lie, detail = () => '' }: Lie): Fault => ({
  id,
  says,
  breaks,
  also: ALSO,
  where: 'one node',
  on: ['reference', 'kind'],
  needs: NEEDS,
  steps: (place) => [lyingDns(place, id, lie, detail(place))],
})

export const names: Fault[] = [
  wrong({
    id: 'dns-silent',
    says: 'The DNS cache of one node hangs: names work on all others.',
    breaks: [{ id: 'D01' }, { id: 'D10' }, { id: 'D11' }],
    lie: 'silent',
  }),
  wrong({
    id: 'dns-another-address',
    says: 'DNS answers with a neighbour’s address.',
    breaks: [{ id: 'D01' }, { id: 'D07' }],
    lie: 'another-address',
    detail: neighbour,
  }),
  wrong({
    id: 'dns-one-address-more',
    says: 'DNS adds an address that is none of the Service’s: some requests go astray.',
    breaks: [{ id: 'D01', rows: /UDP|TCP/ }, { id: 'D05' }],
    lie: 'one-more',
  }),
  wrong({
    id: 'dns-one-address-missing',
    says: 'A headless name lacks one of its pods, which never gets any work.',
    breaks: [{ id: 'D05' }],
    lie: 'one-missing',
  }),
  wrong({
    id: 'dns-across-namespaces',
    says: 'A rewrite rule makes bare names good in every namespace, so one team’s clients find another’s Service.',
    breaks: [{ id: 'D02' }, { id: 'D06' }],
    lie: 'wildcard',
    detail: virtualIP,
  }),
  wrong({
    id: 'dns-no-srv',
    says: 'SRV records are not served, and clients that look for a named port find none.',
    breaks: [{ id: 'D03' }, { id: 'D08' }],
    lie: 'no-srv',
  }),
  wrong({
    id: 'dns-srv-of-another-port',
    says: 'SRV records name the wrong port.',
    breaks: [{ id: 'D03' }, { id: 'D08' }],
    lie: 'srv-of-another-port',
  }),
  wrong({
    id: 'dns-one-srv-missing',
    says: 'One pod’s SRV record is missing from a headless Service’s.',
    breaks: [{ id: 'D08' }],
    lie: 'one-srv-missing',
  }),
  wrong({
    id: 'dns-another-owner',
    says: 'A virtual IP leads back to somebody else’s name.',
    breaks: [{ id: 'D04' }],
    lie: 'another-owner',
  }),
  wrong({
    id: 'dns-no-tcp',
    says: 'A firewall lets DNS pass by UDP alone: answers that no datagram holds never come.',
    breaks: [{ id: 'D01', rows: /^TCP$/ }],
    lie: 'no-tcp',
  }),
  wrong({
    id: 'dns-case-sensitive',
    says: 'Names in capitals are not found.',
    breaks: [{ id: 'D01', rows: /^(UDP|TCP)$/ }],
    lie: 'case-sensitive',
  }),
  wrong({
    id: 'dns-no-cname',
    says: 'ExternalName Services are not served.',
    breaks: [{ id: 'D09' }],
    lie: 'no-cname',
  }),
  wrong({
    id: 'dns-stale',
    says: 'A DNS cache keeps its first answer for ever, whatever TTL it states.',
    breaks: [{ id: 'D05' }],
    lie: 'stale',
  }),
  {
    ...wrong({
      id: 'dns-no-aaaa',
      says: 'AAAA records are filtered, so clients with IPv6 alone find nothing.',
      breaks: [{ id: 'DS04' }],
      lie: 'no-aaaa',
    }),
    needs: [...NEEDS, 'dual'],
  },
  {
    id: 'search-list-order',
    says: 'A template puts the cluster’s domain first in the search list: every short name costs more questions, and some find a stranger.',
    breaks: [{ id: 'D10' }],
    also: { ids: ['D11'], because: 'it compares with what that pod has' },
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
    says: 'An agent on the node rewrites the hosts file of every pod that starts, and aliases are lost.',
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

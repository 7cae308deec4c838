import type { Untested, Verdict } from '../verdict.ts'
import { links } from './first.ts'
import { cut, type Html, html } from './html.ts'
import { ids } from './words.ts'

/** How a cluster or a call gets the capability of a tag `@needs-…`. */
const ENABLE: Readonly<Record<string, string>> = {
  multi: 'Test a cluster with two nodes that take pods, or flatnet run --cluster kind.',
  namespaces:
    'Leave out --namespace, so that the run creates its own namespaces, or name a second one: --namespace A,B.',
  hostnet: 'Allow a namespace with Pod Security “privileged”.',
  hostport: 'Allow a namespace with Pod Security “privileged”.',
  observer: 'Add --outside runner, or --observer HOST:PORT with flatnet observe on that host.',
  outside: 'Add --outside runner, or --observer HOST:PORT with flatnet observe on that host.',
  gateway: 'flatnet run --cluster kind with testcontainers, or --cluster reference.',
  lb: 'Add --load-balancer, if load balancers of this cluster may cost money.',
  ingress: 'Name a class: --ingress-class NAME.',
  dual: 'Test a cluster with IPv4 and IPv6: --cluster kind --kind-config F, or reference: { ipFamily: dual } in flatnet.yaml.',
  zones: 'Label nodes of two zones with topology.kubernetes.io/zone.',
  nodes: 'flatnet run --cluster kind, or --cluster reference: there flatnet runs commands on nodes.',
  netpol:
    'Install a network plug-in or an engine that enforces NetworkPolicies, such as Cilium, Calico or kube-network-policies.',
  podcidr: 'Use a network plug-in that takes pod addresses from the podCIDRs of nodes.',
}

/** What was not tested, by reason, and how to enable it. */
export function untestedSection({ core, extended }: Verdict): Html {
  const all = [...core.untested, ...extended.untested]
  const groups = [...Map.groupBy(all, ({ because }) => because)]
  return html`<section id="untested"><h2>What was not tested</h2>
${groups.length === 0 ? html`<p>Every row of the specification ran.</p>` : html`<dl>${groups.slice(0, 60).map(([because, rows]) => group(because, rows))}</dl>`}</section>`
}

function group(because: string, rows: readonly Untested[]): Html {
  const names = ids(rows)
  const enable = enabling(because, rows)
  return html`<div><dt>${cut(because, 400) || 'no reason is known'}</dt><dd>${links(names)}</dd>${enable !== '' && html`<dd><b>To test it</b> ${enable}</dd>`}</div>`
}

/** The sentence of the capability that all rows of this reason need, and that is the rarest one. */
function enabling(because: string, rows: readonly Untested[]): string {
  if (because === 'run by another shard') return 'flatnet report --merge makes one report of all shards.'
  if (because === 'not selected') return 'Run without ids, --tags, --name and “profile: core”.'
  const needs = (rows[0]?.tags ?? []).flatMap((tag) => /^@needs-(.+)$/.exec(tag)?.[1] ?? [])
  const shared = needs.filter((need) => rows.every(({ tags }) => tags.includes(`@needs-${need}`)))
  return shared.map((need) => ENABLE[need]).find((words) => words !== undefined) ?? ''
}

import { z } from 'zod'
import type { Model } from '../model.ts'
import { cut, type Html, html } from './html.ts'
import { count, duration, listed } from './words.ts'

/** What the page says about the cluster; every value may be missing. */
const Portrait = z
  .object({
    source: z.string(),
    kubernetesVersion: z.string(),
    nodes: z.number(),
    cni: z.string(),
    proxyMode: z.string(),
    ipFamilies: z.array(z.string()),
    podCIDRs: z.array(z.string()),
    egress: z.string(),
    outside: z.string(),
    tested: z.array(z.string()),
    leftOut: z.array(z.object({ node: z.string(), because: z.string() })),
    policies: z.array(z.string()),
    notes: z.array(z.string()),
    machines: z.array(z.object({ kernel: z.string(), os: z.string(), podMtu: z.number() }).partial()),
  })
  .partial()
type Portrait = z.infer<typeof Portrait>

/** The description of the cluster, as far as the run has recorded it. */
export const portraitOf = ({ facts }: Model): Portrait => Portrait.safeParse(facts?.cluster).data ?? {}

/** The cluster in one line, for the head of the page. */
export function headWords(model: Model): Html {
  const { kubernetesVersion, nodes, cni, source } = portraitOf(model)
  const { facts, end } = model
  const parts = [
    source && `cluster ${cut(source, 60)}`,
    kubernetesVersion && `Kubernetes ${cut(kubernetesVersion, 40)}`,
    nodes && count(nodes, 'node'),
    cni && cni !== 'unknown' && cut(cni, 60),
    facts?.startedAt.slice(0, 16).replace('T', ' ').concat(' UTC'),
    end && duration(end.seconds * 1000),
  ]
  return html`${parts.filter(Boolean).map((part, i) => html`${i > 0 && ' · '}<bdi>${part}</bdi>`)}`
}

/** The cluster, the nodes that took part and those that did not, and what made the run. */
export function aboutSection(model: Model): Html {
  const { facts, end } = model
  const { ipFamilies, podCIDRs, proxyMode, egress, outside, tested, leftOut, policies, notes, machines } =
    portraitOf(model)
  const systems = [
    ...new Set(
      (machines ?? []).map(({ os, kernel, podMtu }) =>
        [os, kernel, podMtu && `MTU ${podMtu}`].filter(Boolean).join(', '),
      ),
    ),
  ]
  const others = [...Map.groupBy(leftOut ?? [], ({ because }) => because)].map(
    ([because, all]) =>
      `${listed(
        all.map(({ node }) => cut(node, 80)),
        8,
      )} ${because}`,
  )
  const shown: [string, string[] | undefined][] = [
    [
      'Nodes that took part',
      tested && [
        listed(
          tested.map((node) => cut(node, 80)),
          24,
        ),
      ],
    ],
    ['Nodes left out', others.slice(0, 12)],
    ['IP families', ipFamilies],
    ['Pod CIDRs', podCIDRs && [listed(podCIDRs, 8)]],
    ['Service proxy', proxyMode === undefined ? undefined : [proxyMode]],
    ['Egress', egress === undefined ? undefined : [egress]],
    ['Hosts outside', outside === undefined ? undefined : [outside]],
    ['Systems', systems.slice(0, 6)],
    ['Policies', policies?.slice(0, 12)],
    ['Notes', notes?.slice(0, 12)],
    ['Left behind', end?.left?.slice(0, 12)],
    [
      'Run',
      facts && [
        `${facts.run}, flatnet ${facts.flatnetVersion}${facts.seed === undefined ? '' : `, --seed ${facts.seed}`}, ${count(end?.apiRequests ?? 0, 'API request')}`,
      ],
    ],
  ]
  return html`<section id="about"><h2>The cluster and the run</h2><dl class="facts">${shown.map(([title, values]) => values && values.length > 0 && html`<div><dt>${title}</dt>${values.map((value) => html`<dd>${isolated(value)}</dd>`)}</div>`)}</dl>
<p class="hint">In the same folder: report.yaml, junit.xml, evidence/, timelines/, messages.ndjson and cucumber.html (steps of every scenario).</p></section>`
}

const isolated = (text: string): Html => html`<bdi>${cut(text, 700)}</bdi>`

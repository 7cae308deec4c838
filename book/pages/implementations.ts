import { type Html, html } from '../../contract/html.ts'
import type { Implementation } from '../implementations.ts'
import type { Page } from './layout.ts'
import { LOOKS } from './measured.ts'

export const IMPLEMENTATIONS = 'implementations.html'

/** The file in the book that has the report of a network. */
export const reportFile = ({ name }: Implementation): string => `report-${name}.yaml`

/** A table of networks by their published reports. It tells what the reports say, and nothing else. */
export const implementationsPage = (all: readonly Implementation[]): Page => ({
  ...{
    file: IMPLEMENTATIONS,
    title: 'Implementations',
    says: 'Cluster networks that were tested, and the promises that they keep.',
  },
  body: html`<h1>Implementations</h1>
<p class="lead">Cluster networks that were tested with <code>flatnet run</code>. Each row is one report of one cluster. A combination without a row has not been tested.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Implementations"><table class="implementations"><thead><tr>${COLUMNS.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead><tbody>
${all.map(rowOf)}</tbody></table></div>
${all.filter(({ report }) => badOf(report).length > 0).map(brokenOf)}<p>A promise is not tested if the cluster lacks what it needs, such as a second IP family. Each report says so with the reason. <a href="promises.html">All promises</a> are listed by their ids.</p>`,
})

const COLUMNS = [
  ...(['Network', 'Service proxy', 'IP families', 'Kubernetes', 'Core', 'Extended', 'Not tested'] as const),
  ...(['flatnet', 'Date', 'Report'] as const),
]

type Report = Implementation['report']

/** The facts of the cluster; a run that ended before it could read the cluster has none. */
const clusterOf = ({ cluster }: Report) => ('kubernetesVersion' in cluster ? cluster : undefined)

function rowOf(each: Implementation): Html {
  const { report } = each
  const cluster = clusterOf(report)
  const image = cluster?.images.cni
  return html`<tr><th scope="row">${cluster?.cni ?? each.name}${image?.version && html` <small>${image.version}</small>`}</th><td>${cluster?.proxyMode}</td><td>${cluster?.ipFamilies.join(' and ')}</td><td>${cluster?.kubernetesVersion}</td>${(['core', 'extended'] as const).map((level) => scoreOf(report, level))}<td>${untestedOf(report)}</td><td>${report.flatnetVersion} <small>specification ${report.specification}</small></td><td>${report.date}</td><td><a href="${reportFile(each)}">report<span class="hidden"> of ${each.name}</span></a></td></tr>
`
}

/** The result of a level, and the number of its rows that were kept, of those that were tested. */
function scoreOf({ profiles }: Report, level: 'core' | 'extended'): Html {
  const profile = profiles.find(({ name }) => name === level)
  if (!profile) return html`<td></td>`
  const { passed, failed, inconclusive, expectedFailures = 0 } = profile.statistics
  const tested = passed + failed + inconclusive + expectedFailures
  return html`<td><span class="badge ${LOOKS[profile.result]}">${profile.result}</span> <small>${passed} of ${tested} kept</small></td>`
}

/** The ids of promises of which no row was tested. */
function untestedOf({ profiles }: Report): string {
  const ids = [...new Set(profiles.flatMap(({ skipped }) => skipped.map(({ id }) => id)))]
  return ids.length > 0 ? ids.sort().join(' ') : 'none'
}

/** Promises that were broken, also those that a baseline expects to be. */
const badOf = ({ profiles }: Report) =>
  profiles.flatMap(({ failed, expectedFailures = [] }) => [
    ...failed.map((row) => ({ ...row, reason: row.because })),
    ...expectedFailures,
  ])

const brokenOf = ({ name, report }: Implementation): Html =>
  html`<section><h2>Broken on ${name}</h2><ul>${badOf(report).map(({ id, row, title, reason }) => html`<li><a href="promises.html#${id}">${id}</a>${row && ` (${row})`} ${title}: ${reason}</li>`)}</ul></section>
`

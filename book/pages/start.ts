import { type Html, html } from '../../contract/html.ts'
import { type Chapter, promisesOf } from '../contents.ts'
import { overview } from '../figures/overview.ts'
import { smallPicture } from '../figures/small.ts'
import { EXAMPLE, SEEN } from '../figures/world.ts'
import type { Run } from '../measured.ts'
import { capital } from './chapter.ts'
import { NAME, type Page } from './layout.ts'
import { LOOKS, verdictOn } from './measured.ts'

const card = ({ slug, page, about, title, says }: Chapter): Html =>
  html`<li class="card">${smallPicture(slug)}<h3><a href="${page}"><small>${about}</small> ${title}</a></h3><p>${says}</p></li>`

const cards = (chapters: readonly Chapter[], about: string): Html =>
  html`<ul class="cards">${chapters.filter((chapter) => chapter.about.startsWith(about)).map(card)}</ul>`

/** The questions that readers come with, and where they are answered. */
const QUESTIONS = [
  [
    'Why is NAT between pods forbidden?',
    'rule-1.html#rule-1-pods-reach-each-other-without-address-translation',
    'NAT changes an address or a port of a packet on its way. Each end knows the other by its address, and after NAT this address is that of another machine.',
  ],
  [
    'What is a ClusterIP?',
    'problem-3.html#problem-3-a-service-is-one-stable-address',
    'The stable address of a Service. The client’s node replaces it with the address of a pod.',
  ],
  [
    'Why can a pod fail to reach itself through its own Service?',
    'problem-3.html#S14',
    'The packet goes out and must come back to the same pod (hairpin). The bridge or the node may not allow it.',
  ],
  [
    'Why do large transfers hang, although connections open?',
    'rule-1.html#rule-1-pods-reach-each-other-whatever-the-size-of-the-packets',
    'Packets are larger than the path allows (its MTU), and the message that says so is lost.',
  ],
  [
    'Who translates what on the way to the internet?',
    'problem-4-egress.html#problem-4-pods-reach-the-internet-through-a-second-translation',
    'The node replaces the pod’s address with its own, and then the gateway replaces the node’s address with an external one.',
  ],
  ['What does a word mean?', 'glossary.html', 'All terms, in plain words.'],
] as const

const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`

/** The number of promises of each result, for each chapter. */
function scores(chapters: readonly Chapter[], run: Run): Html {
  const rows = chapters.map((chapter) => {
    const ids = [...new Set(promisesOf([chapter]).map(({ promise }) => promise.id))]
    const all = Map.groupBy(ids, (id) => verdictOn(run.promise(id)).as)
    const number = (as: string) => all.get(as)?.length ?? 0
    return html`<tr><th scope="row"><a href="${chapter.page}">${chapter.title}</a></th>${[
      'passed',
      'failed',
      'inconclusive',
      'untested',
    ].map((as) => html`<td class="${number(as) > 0 && as}">${number(as)}</td>`)}</tr>`
  })
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Promises by chapter"><table class="scores"><caption>Promises by chapter</caption><thead><tr><th scope="col">Chapter</th><th scope="col">kept</th><th scope="col">broken</th><th scope="col">inconclusive</th><th scope="col">not tested</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

/** What a run has found, in short. */
function runBlock(chapters: readonly Chapter[], run: Run): Html {
  const { verdict, cluster } = run
  const { traffic } = verdict
  return html`<section class="run" aria-labelledby="run"><h2 id="run">The cluster that was measured</h2>
<p><span class="badge ${LOOKS[verdict.result]}">core: ${verdict.result}</span> <span class="badge ${LOOKS[verdict.extended.result]}">extended: ${verdict.extended.result}</span></p>
<p>Run ${run.name} of ${run.date}: ${count(traffic.conversations, 'conversation')}, ${count(traffic.tcp.connections, 'TCP connection')}, ${count(traffic.udp.datagrams, 'datagram')}. Each chapter shows what was measured of its promises.</p>
${verdict.trouble && html`<p class="reason">${verdict.trouble}</p>`}<dl class="figures">${cluster.map(([label, text]) => html`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl>
${scores(chapters, run)}</section>`
}

/** The table of contents: every chapter with its features. */
const contents = (chapters: readonly Chapter[]): Html =>
  html`<ol class="contents">${chapters.map(
    ({ page, about, title, sections }) =>
      html`<li><a href="${page}">${title}</a> <small>${about}</small><ul>${sections.map(
        (section) => html`<li><a href="${page}#${section.anchor}">${capital(section.title)}</a></li>`,
      )}</ul></li>`,
  )}</ol><ul class="contents"><li><a href="promises.html">All promises</a> by their ids</li><li><a href="faults.html">All faults</a>, and what each breaks</li><li><a href="glossary.html">Glossary</a></li></ul>`

/** The first page: what the model is, in three rules and four problems. */
export function startPage(chapters: readonly Chapter[], run?: Run): Page {
  const [world, seen] = run?.world.isMeasured ? [run.world, run.seen.egress] : [EXAMPLE, SEEN.egress]
  const body = html`<h1>${NAME}</h1>
<div class="opening"><div><p class="lead">A Kubernetes cluster is a group of machines (nodes) that run programs in small units (pods). The network model says what these programs may expect of the network: three rules that every cluster must keep, and four problems that a cluster network has to solve. Problems 3 and 4 have two chapters each.</p>
<p>Each chapter gives the reason for a rule, the text that promises it, and what goes wrong when it is broken. Every promise has an id, such as <a href="rule-1.html#P04">P04</a>. The program flatnet tests it on a real cluster: <code>flatnet run</code>.</p>
<ul class="questions">${QUESTIONS.map(([question, href, answer]) => html`<li><a href="${href}">${question}</a> ${answer}</li>`)}</ul></div>
<figure>${overview(world, seen)}<figcaption>Pods are joined to their node by a virtual cable (veth). The nodes know each other’s pod ranges.</figcaption></figure></div>
${run && runBlock(chapters, run)}<h2 id="rules">Three rules</h2>
${cards(chapters, 'Rule')}
<h2 id="problems">Four problems</h2>
${cards(chapters, 'Problem')}
<h2 id="families">Two families</h2>
${cards(chapters, 'Two')}
<h2 id="policies">Policies</h2>
${cards(chapters, 'Policies')}
<h2 id="contents">Contents</h2>
${contents(chapters)}`
  return {
    file: 'index.html',
    title: NAME,
    says: 'The Kubernetes network model: three rules, four problems, and how each can break.',
    body,
  }
}

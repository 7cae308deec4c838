import type { Examples, Scenario } from '@cucumber/messages'
import { type Html, html } from '../../contract/html.ts'
import type { Promised, Requirement } from '../contents.ts'
import type { Run } from '../measured.ts'
import { type Places, prose, typographic } from '../prose.ts'
import { isIssue, type Source } from '../sources.ts'
import { badge, measuredBlock } from './measured.ts'

interface Row {
  readonly cells: readonly { readonly value: string }[]
}
const valuesOf = ({ cells }: Row) => cells.map(({ value }) => value)

/** A sentence of a scenario. A placeholder becomes the name of its column. */
const sentence = (text: string): Html =>
  html`${typographic(text)
    .split(/<([^<>]+)>/)
    .map((part, i) => (i % 2 === 1 ? html`<var>${part}</var>` : part))}`

/** The values that a scenario is tried with: in one line if they have one column. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  const [name] = head
  if (head.length === 1)
    return html`<p class="values"><var>${name}</var>: ${rows.map(([value], i) => html`${i > 0 && ' · '}${value}`)}</p>`
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Examples"><table>${
    head.length > 0 && html`<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>`
  }<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`
}

/** The examples of a scenario. Those with the same columns are one table. */
const tables = (examples: readonly Examples[]): Html[] =>
  [...Map.groupBy(examples, ({ tableHeader }) => JSON.stringify(tableHeader ? valuesOf(tableHeader) : []))].map(
    ([head, all]) =>
      table(
        JSON.parse(head) as string[],
        all.flatMap(({ tableBody }) => tableBody.map(valuesOf)),
      ),
  )

/** The sentences of a scenario, with the values that it is tried with. */
const scenario = ({ name, description, steps, examples }: Scenario, places: Places): Html => html`<div class="scenario">
<h5>${sentence(name)}</h5>
${description.trim() && prose(description, places)}<ul class="steps">${steps.map(
  ({ keyword, text, dataTable }) =>
    html`<li><span class="keyword">${keyword.trim()}</span> <span>${sentence(text)}${dataTable && table([], dataTable.rows.map(valuesOf))}</span></li>`,
)}</ul>
${tables(examples)}</div>`

/** What breaks a promise: the faults that `flatnet prove` injects. */
function breaks({ id, isFirst, faults }: Promised): Html | undefined {
  if (!isFirst)
    return html`<p>The faults that break ${id} are listed at <a href="#${id}">the first scenario of ${id}</a>.</p>`
  return html`<details class="breaks"><summary>What breaks it: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}</summary><ul>${faults.map(
    (fault) => html`<li>${fault.says} <a class="fault" href="faults.html#${fault.id}">${fault.id}</a></li>`,
  )}</ul></details>`
}

/** The texts that promise it, and the issues in which it is discussed. */
function origins(sources: readonly Source[]): Html {
  const lists = [
    { label: 'Promised by', all: sources.filter((each) => !isIssue(each)) },
    { label: 'Discussed in', all: sources.filter(isIssue) },
  ].filter(({ all }) => all.length > 0)
  return html`<p class="sources">${lists.map(
    ({ label, all }, i) =>
      html`${i > 0 && html`<br>`}<span>${label}</span> ${all.map(({ name, url }, at) => html`${at > 0 && ', '}<a href="${url}">${name}</a>`)}`,
  )}</p>`
}

/** A promise: its scenarios, its sources, what breaks it, and what a run has measured. */
function promise(
  promised: Promised,
  isFirstOfRule: boolean,
  title: string,
  places: Places,
  run: Run | undefined,
): Html {
  const { id, anchor, level, scenarios, sources } = promised
  const measured = run?.promise(id)
  return html`<section class="promise"${!isFirstOfRule && html` id="${anchor}"`} aria-labelledby="title-${anchor}">
<h4 id="title-${anchor}"><a class="id" href="#${anchor}">${id}</a> <span class="level ${level}">${level}</span>${run && badge(measured)}<span class="hidden"> ${title}</span></h4>
${scenarios.map((each) => scenario(each, places))}
${origins(sources)}
${breaks(promised)}
${promised.isFirst && measured && measuredBlock(measured)}</section>`
}

/** A Rule with its reason and its promises. It carries the id of the first promise, so that a link by id shows the Rule too. */
export const requirement = ({ title, anchor, description, promises }: Requirement, places: Places, run?: Run): Html =>
  html`<section class="rule" id="${promises[0]?.anchor}" aria-labelledby="${anchor}">
<h3 id="${anchor}">${typographic(title)}</h3>
${prose(description, places)}
${promises.map((each, i) => promise(each, i === 0, typographic(title), places, run))}</section>
`

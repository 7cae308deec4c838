import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cut, html, trusted } from '../../reports/page/html.ts'
import { pageOf } from '../../reports/page/page.ts'
import { judge } from '../../reports/verdict.ts'
import { CAUSE, largeRun, type Run, smallRun } from './page-runs.ts'
import { model } from './results.ts'

const page = ({ model: given, verdict }: Run) => pageOf(given, verdict)
/** The visible words, in one line. */
const words = (markup: string) =>
  markup
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
const firstScreen = (markup: string) => words(markup.slice(0, markup.indexOf('<section id="topology"')))

describe('the template of HTML', () => {
  it('escapes every value, in text and in attributes, and keeps HTML of its own', () => {
    const bad = `<b a="1" c='2'>&\``
    assert.equal(
      html`<p title="${bad}">${bad}${[html`<i>${1}</i>`, false, undefined]}</p>`.markup,
      '<p title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&#96;">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&#96;<i>1</i></p>',
    )
    assert.equal(html`${trusted('<b>')}`.markup, '<b>')
  })

  it('shows control characters and those that turn the direction of text, and lets none of them work', () => {
    assert.equal(html`${'a\u202eb\u0000c\u2066d'}`.markup, 'a\ufffdb\ufffdc\ufffdd')
  })

  it('says how much of a long text it leaves out', () => {
    assert.equal(cut('x'.repeat(30), 10), `${'x'.repeat(10)} … (20 more characters)`)
  })
})

describe('the page of a run', () => {
  it('says on the first screen that the cluster does not conform, the cause, and the broken promise with both ends', () => {
    const first = firstScreen(page(smallRun()))
    assert.match(first, /Non-conformant/)
    for (const part of [CAUSE.says, CAUSE.usually, ...CAUSE.look, ...CAUSE.intact, ...(CAUSE.shown ?? [])])
      assert.ok(first.includes(part), part)
    assert.match(first, /P04 ✕ the promise P04 UDP from node-1 to node-2 \(4 of 7\)/)
  })

  it('shows without a cause what was seen', () => {
    const first = firstScreen(page(smallRun({ causes: [] })))
    assert.match(first, /172\.30\.0\.1 is the address of node-1\..*flatnet explain P04/)
  })

  it('says which broken promise no cause explains', () => {
    const first = firstScreen(page(smallRun({ causes: [{ ...CAUSE, explains: [] }] })))
    assert.match(first, /P04 ✕ the promise P04 no cause explains it/)
  })

  it('says of a healthy cluster what was tested, and what was not', () => {
    const first = firstScreen(page(smallRun({ isBroken: false })))
    assert.match(first, /Conformant.*core 3 kept.*extended 0 kept, 1 not tested.*Not tested: needs dual/)
  })

  it('labels the broken path with the addresses of both ends', () => {
    const markup = page(smallRun())
    const map = words(markup.slice(markup.indexOf('<svg class="map"'), markup.indexOf('id="reachability"')))
    assert.match(map, /1 client says ?from 10\.244\.1\.2:40856 ?to 10\.244\.2\.3:7000/)
    assert.match(map, /2 server saw ?from 172\.30\.0\.1:40856/)
    assert.match(map, /internet gateway.*198\.51\.100\.2/)
  })

  it('has a cell for each pair of nodes, with words and the latency', () => {
    const markup = page(smallRun())
    assert.match(
      markup,
      /title="node-1 to node-2: translated\. TCP: 7 conversations, all ok, median 0\.8 ms; UDP: 7 conversations, 4 with another source address, median 0\.8 ms"/,
    )
    assert.match(markup, /title="node-2 to node-1: ok\./)
    assert.match(words(markup), /node-1· not tested⇄ translated UDP/)
  })

  it('draws timelines, and says how to test what was not tested', () => {
    const text = words(page(smallRun()))
    assert.match(text, /40 requests in 4\.0 s, 1 without an answer/)
    assert.match(text, /needs dual: pods have addresses of one familyDS01To test it Test a cluster with IPv4 and IPv6/)
  })

  it('is a page even if the set-up failed, and says what was tried', () => {
    const failed = model([], 'node-2 cannot pull node:24-slim')
    const first = firstScreen(pageOf(failed, judge(failed)).replace('id="reachability"', 'id="topology"'))
    assert.match(
      first,
      /Inconclusive.*node-2 cannot pull node:24-slim.*Tried: 3 rows of the specification on the cluster “fake”; 0 ran/,
    )
    const nothing = { ...failed, facts: undefined } as typeof failed
    assert.match(pageOf(nothing, judge(nothing)), /Inconclusive/)
  })

  it('is not harmed by hostile names', () => {
    const name = (n: number) =>
      `${n}"'><script>alert(1)</script><img src=x onerror=alert(1)>\n\u202e&amp;\`\${x}${'A'.repeat(10_000)}`
    const causes = [{ ...CAUSE, says: name(1), usually: name(2), look: [name(3)], intact: [name(4)] }]
    const run = smallRun({ node: name, causes })
    Object.assign(run.model.facts?.cluster ?? {}, {
      source: name(5),
      notes: [name(6)],
      leftOut: [{ node: name(7), because: name(8) }],
    })
    const markup = page(run)
    const tags = new Set([...markup.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag))
    assert.ok(!tags.has('img') && !markup.includes('<script>alert') && !markup.includes('\u202e'))
    assert.equal(markup.match(/<\/script/g)?.length, 1)
    assert.equal(/<[^>]*\sonerror=/.test(markup.replace(/"[^"]*"/g, '""')), false)
    assert.ok(markup.length < 300_000, `${markup.length} bytes`)
  })

  it('stays below 5 MB with 1,000 nodes and every promise broken, and shows the row with the broken promise', () => {
    const started = performance.now()
    const markup = page(largeRun(1000))
    const bytes = Buffer.byteLength(markup)
    assert.ok(bytes < 5_000_000, `${bytes} bytes`)
    assert.ok(performance.now() - started < 30_000)
    assert.match(words(markup), /999 rows and 999 columns without a broken promise are not shown/)
    assert.match(markup, /997 further nodes not drawn/)
  })

  it('loads nothing, and lets the browser run no script but its own', () => {
    const markup = page(smallRun())
    assert.match(markup, /default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-/)
    assert.equal(/(src|href)="(?!#|data:,)/.test(markup), false)
  })
})

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chaptersOf, promisesOf } from '../../book/contents.ts'
import { changesOf, WAYS } from '../../book/figures/ways.ts'
import { EXAMPLE, SEEN } from '../../book/figures/world.ts'
import { GLOSSARY } from '../../book/glossary.ts'
import { readImplementations } from '../../book/implementations.ts'
import { bookOf } from '../../book/index.ts'
import { inline } from '../../book/prose.ts'
import { isIssue } from '../../book/sources.ts'
import { FAULTS } from '../../faults/index.ts'
import { readSpecification } from '../../suite/features.ts'

const specification = readSpecification()
const chapters = chaptersOf(specification)
const reports = fileURLToPath(new URL('../../docs/reports', import.meta.url))
const files = bookOf(specification, { implementations: readImplementations(reports) })
const pages = [...files].filter(([name]) => name.endsWith('.html'))
const ids = [...new Set(specification.rows.map(({ id }) => id))]
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found)
const anchorsOf = (text: string) => all(text, /\sid="([^"]*)"/g)

/** Every link of a page that leads nowhere. */
function deadLinks(name: string, text: string, book: ReadonlyMap<string, string>): string[] {
  const links = all(text, /\s(?:href|src)="([^"]*)"/g).filter((link) => !/^(https:\/\/|data:,$)/.test(link))
  return links.filter((link) => {
    const [file = '', anchor] = link.split('#')
    const target = book.get(file || name)
    return target === undefined || (anchor !== undefined && !anchorsOf(target).includes(anchor))
  })
}

describe('the book', () => {
  it('in docs/book is the one that the sources give: npm run book', () => {
    const folder = new URL('../../docs/book/', import.meta.url)
    assert.deepEqual(readdirSync(folder).sort(), [...files.keys()].sort())
    for (const [name, text] of files)
      assert.ok(readFileSync(new URL(name, folder), 'utf8') === text, `${name} is old; run npm run book`)
  })

  it('is small', () => {
    const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    assert.ok(bytes < 1_000_000, `${bytes} bytes`)
  })

  it('has every promise at its id, on one chapter and in the list', () => {
    for (const id of ids) {
      const at = pages.filter(([, text]) => anchorsOf(text).includes(id)).map(([name]) => name)
      assert.equal(at.length, 2, `${id}: ${at}`)
      assert.ok(at.includes('promises.html'), id)
    }
  })

  it('has every Rule and scenario of the features', () => {
    const titles = chapters.flatMap(({ sections }) => sections.flatMap(({ rules }) => rules.map(({ title }) => title)))
    assert.deepEqual([...new Set(titles)].sort(), [...new Set(specification.rows.map(({ title }) => title))].sort())
  })

  it('names for each promise the text that promises it, and the faults that break it', () => {
    for (const { promise } of promisesOf(chapters)) {
      const texts = promise.sources.filter((source) => !isIssue(source))
      assert.ok(texts.length > 0, `${promise.id} has no source with a URL, in its Rule or its Feature`)
      for (const { url } of promise.sources) assert.match(url, /^https:\/\//)
      assert.ok(promise.faults.length > 0, promise.id)
    }
    const faults = files.get('faults.html') ?? ''
    assert.deepEqual(
      FAULTS.filter(({ id }) => !anchorsOf(faults).includes(id)),
      [],
    )
  })

  it('has no link that leads nowhere, and no anchor twice', () => {
    for (const [name, text] of pages) {
      assert.deepEqual(deadLinks(name, text, files), [], name)
      const anchors = anchorsOf(text)
      assert.deepEqual(
        anchors.filter((id, i) => anchors.indexOf(id) !== i),
        [],
        name,
      )
      const labels = all(text, /aria-labelledby="([^"]*)"/g).flatMap((label) => label.split(' '))
      assert.deepEqual(
        labels.filter((label) => !anchors.includes(label)),
        [],
        name,
      )
    }
  })

  it('loads nothing from any network', () => {
    for (const [name, text] of pages)
      assert.deepEqual(all(text, /<(?:script|link|img|iframe)\b[^>]*?(https?:[^"]*)/g), [], name)
  })

  it('leaves no mark of Markdown in the text', () => {
    for (const [name, text] of pages)
      assert.doesNotMatch(text.replace(/<pre[\s\S]*?<\/pre>/g, ''), /\]\(|\]\[|```|\*\*/, name)
  })

  it('has each page in one outline: one h1, and no level left out', () => {
    for (const [name, text] of pages) {
      const levels = all(text, /<h([1-6])[\s>]/g).map(Number)
      assert.equal(levels.filter((level) => level === 1).length, 1, name)
      levels.forEach((level, i) => {
        assert.ok(level <= (levels[i - 1] ?? 0) + 1, `${name}: h${level} after h${levels[i - 1]}`)
      })
    }
  })

  it('has pictures with a title and a description', () => {
    for (const [name, text] of pages)
      for (const picture of all(text, /(<svg[\s\S]*?<\/svg>)/g))
        assert.match(
          picture,
          /role="img".*<title id="[^"]+">[^<]{5,}<\/title><desc id="[^"]+">[^<]{20,}<\/desc>/s,
          name,
        )
    assert.equal(all(files.get('index.html') ?? '', /(<svg)/g).length, chapters.length + 1)
  })

  it('finds every promise, feature and term by the search', () => {
    const index = files.get('search-index.js') ?? ''
    const entries = JSON.parse(index.slice(index.indexOf('['))) as string[][]
    assert.deepEqual([...new Set(entries.flatMap(([, id]) => id || []))].sort(), [...ids].sort())
    assert.equal(entries.length, GLOSSARY.length + specification.documents.length + promisesOf(chapters).length)
    for (const [at = ''] of entries) assert.deepEqual(deadLinks('', `<a href="${at}">`, files), [], at)
    const finds = (word: string) =>
      entries.filter((entry) => entry.join(' ').toLowerCase().includes(word)).map(([at]) => at)
    assert.ok(finds('hairpin').some((at) => at?.endsWith('#S14')))
  })

  it('explains every term of the network', () => {
    const contributing = readFileSync(new URL('../../CONTRIBUTING.md', import.meta.url), 'utf8')
    const [, network = ''] = /\*\*The network\*\*([\s\S]*?)\*\*The suite\*\*/.exec(contributing) ?? []
    const known = new Set(GLOSSARY.flatMap(({ name, also = [] }) => [name, ...also]).map((word) => word.toLowerCase()))
    const terms = all(network, /^- \*\*([^*]+)\*\*/gm)
    assert.ok(terms.length > 10)
    assert.deepEqual(
      terms.filter((term) => !known.has(term.toLowerCase())),
      [],
    )
    const names = GLOSSARY.map(({ name }) => name)
    assert.deepEqual(
      names,
      names.toSorted((a, b) => a.localeCompare(b, 'en')),
      'in alphabetical order',
    )
  })
})

describe('the ways of packets', () => {
  const changes = (name: keyof typeof SEEN) =>
    changesOf(WAYS[name](EXAMPLE, SEEN[name])).map(({ hop, part, was, is }) => [hop.name, part, was, is])

  it('show who rewrites what', () => {
    assert.deepEqual(changes('pods'), [])
    assert.deepEqual(changes('service'), [['service proxy', 'destination', '10.96.105.124:80', '10.244.2.4:7000']])
    assert.deepEqual(changes('nodePort'), [
      ['service proxy', 'source', '172.30.0.3:51200', '172.30.0.11:51200'],
      ['service proxy', 'destination', '172.30.0.11:30080', '10.244.2.4:7000'],
    ])
    assert.deepEqual(changes('egress'), [
      ['masquerade', 'source', '10.244.1.3:40858', '172.30.0.11:24565'],
      ['gateway', 'source', '172.30.0.11:24565', '198.51.100.2:24565'],
    ])
  })
})

describe('prose', () => {
  const line = (text: string) =>
    inline(text, {
      promise: (id) => (id === 'P04' ? 'rule-1.html#P04' : undefined),
      urls: new Map([['NM', 'https://kubernetes.io/']]),
      explained: new Set(),
    }).markup

  it('makes links of sources, issues and ids', () => {
    assert.equal(line('("a" [model][NM])'), '(“a” <a href="https://kubernetes.io/">model</a>)')
    assert.match(
      line('k/k#141371'),
      /^<a href="https:\/\/github.com\/kubernetes\/kubernetes\/issues\/141371">k\/k#141371<\/a>$/,
    )
    assert.equal(line('see P04 and Q99'), 'see <a href="rule-1.html#P04">P04</a> and Q99')
  })

  it('links a term where it is first used', () => {
    const twice = line('A virtual IP is no virtual IPs.')
    assert.equal(twice, 'A <a class="term" href="glossary.html#virtual-ip">virtual IP</a> is no virtual IPs.')
  })

  it('escapes markup, and leaves code alone', () => {
    assert.equal(line('<b onclick="x">'), '&lt;b onclick=“x”&gt;')
    assert.equal(line('`<i> "P04"`'), '<code>&lt;i&gt; &quot;P04&quot;</code>')
    assert.equal(line('[x](javascript:alert(1))'), '[x](javascript:alert(1))')
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Progress } from '../../cli/progress.ts'
import { unexplainedLines } from '../../cli/run/causes.ts'
import { chapterLines } from '../../cli/run/chapters.ts'
import { nodeLines, untestedLines, verdictLines } from '../../cli/run/lines.ts'
import { Live } from '../../cli/run/live.ts'
import { requirementLines } from '../../cli/run/requirements.ts'
import { wrap } from '../../cli/terminal.ts'
import { reasonOf, type Violation } from '../../contract/media.ts'
import { withoutCommands } from '../../contract/visible.ts'
import { judge } from '../../reports/verdict.ts'
import { cause, explained, hostileRun } from './hostile.ts'
import { E01, model, P01, P02, result, row } from './results.ts'

const plain = (_style: unknown, text: string) => text
const broken = (violation: Violation, example = 'TCP') =>
  result(row('P01', 'core', 1, example), 'failed', reasonOf(violation), violation)
const below = (results: Parameters<typeof requirementLines>[0]) => requirementLines(results, plain).slice(1)

describe('the screen of a requirement', () => {
  it('has a line with its mark, and under it what was expected, what was seen and where', () => {
    const violation = {
      expected: 'they are the same',
      actual: 'client says a\n  server saw b',
      where: 'node-1 did it.',
    }
    const [head = '', ...lines] = requirementLines([broken(violation)], plain)
    assert.match(head, /^ {2}FAIL {2}P01 {3}the promise P01 .* tcp +12 ms$/)
    assert.deepEqual(lines, [
      '    expected  they are the same',
      '    seen      client says a',
      '                server saw b',
      '    where     node-1 did it.',
      '    why       flatnet explain P01',
    ])
  })

  it('tells what several rows share once, and which row saw what', () => {
    const [tcp, udp] = [
      { expected: 'one answer', actual: 'two by TCP' },
      { expected: 'one answer', actual: 'two by UDP' },
    ]
    assert.deepEqual(below([broken(tcp), broken(udp, 'UDP')]), [
      '    expected  one answer',
      '    row       TCP',
      '    seen      two by TCP',
      '    row       UDP',
      '    seen      two by UDP',
      '    why       flatnet explain P01',
    ])
    assert.deepEqual(below([broken(tcp), broken(tcp, 'UDP')]), [
      '    expected  one answer',
      '    seen      two by TCP',
      '    why       flatnet explain P01',
    ])
  })

  it('does not repeat a title that says what is expected', () => {
    const titled = { ...broken({ expected: 'no two pods’ addresses are the same', actual: 'two are' }) }
    titled.title = "No two pods' addresses are the same"
    assert.deepEqual(below([titled])[0], '    seen      two are')
  })

  it('names a scenario without examples by its title', () => {
    const alone = { ...broken({ expected: 'e', actual: 'a' }, ''), name: 'one by itself' }
    assert.deepEqual(below([alone, result(P01, 'passed')]).slice(0, 2), [
      '    expected  e',
      '    row       one by itself',
    ])
  })

  it('says why a row was not judged or not tested', () => {
    assert.deepEqual(below([result(P01, 'inconclusive', 'the probe is gone')]), ['    because   the probe is gone'])
    assert.deepEqual(below([result(P01, 'skipped', 'needs multi: one node')]), ['              needs multi: one node'])
  })

  it('keeps what is on either side of an arrow in one column, however long addresses are', () => {
    const [client, server] = ['[fd00:10:244:1::a6]:60256', '[fd00:10:244:2::a7]:17000']
    const actual = `UDP from a to b\n  client says   ${client}  ->  ${server}`
    assert.deepEqual(below([broken({ expected: 'e', actual })]).slice(2, 4), [
      `                client says   ${client}  ->`,
      `                              ${server}`,
    ])
  })
})

describe('the screen', () => {
  it('stays within eighty columns', () => {
    const long = 'a sentence that goes on and on '.repeat(8).trim()
    const violation = { expected: long, actual: long, where: long }
    const verdict = judge(model([result(P01, 'failed', long, violation), result(P02, 'skipped', long)], long))
    const lines = [
      ...requirementLines([broken(violation), broken(violation, long), result(P01, 'inconclusive', long)], plain),
      ...untestedLines(verdict.core.untested, plain),
      ...verdictLines(verdict, { seconds: 1, apiRequests: 2 }, 'out', plain),
      ...wrap(long, 80),
    ]
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    )
  })
})

describe('the screen of a verdict', () => {
  const lines = (given: Parameters<typeof judge>[0]) =>
    verdictLines(judge(given), { seconds: 1, apiRequests: 3 }, 'out', plain)
  const passed = [result(P01, 'passed'), result(P02, 'passed')]

  it('says in its first words what the exit code says', () => {
    assert.match(lines(model([...passed, result(E01, 'passed')]))[0] ?? '', /^CONFORMANT {3}1\.0 s/)
    assert.match(
      lines(model([...passed, result(E01, 'failed')]))[0] ?? '',
      /^CORE CONFORMANT; 1 extended promise broken {3}/,
    )
    assert.match(lines(model([result(P01, 'failed'), result(E01, 'failed')]))[0] ?? '', /^NON-CONFORMANT {3}/)
  })

  it('names the traffic and what was lost of it', () =>
    assert.ok(
      lines(model(passed)).some((line) => line.startsWith('traffic       2 conversations; second SYN for 0 of 4')),
    ))

  it('names nodes whose network is not ready', () => {
    const given = model([...passed, result(E01, 'passed')])
    Object.assign(given.facts?.cluster ?? {}, { withoutNetwork: ['node-3'] })
    const said = lines(given)
    assert.match(said[0] ?? '', /^CONFORMANT AS FAR AS TESTED/)
    assert.ok(said.includes('because       the network of node-3 is not ready, so core is at best partial.'))
  })
})

describe('the screen of the nodes', () => {
  it('lists those that take part, and the others by reason', () => {
    const leftOut = ['c', 'd'].map((node) => ({ node, because: 'is cordoned' }))
    assert.deepEqual(nodeLines({ tested: ['a', 'b'], leftOut, withoutNetwork: [] }, plain), [
      'nodes         a b',
      'left out      c d  is cordoned',
    ])
  })
})

describe('the screen of a chapter', () => {
  const ids = (lines: readonly string[]) => lines.map((line) => line.replace(/ +/g, ' ').trim())

  it('is one line if all of it was kept', () =>
    assert.deepEqual(ids(chapterLines([[result(P01, 'passed')], [result(P02, 'passed')]], plain)), [
      'ok Rule 1 2 kept 12 ms',
    ]))

  it('has those that did not pass below it, and leaves what was not tested to the end', () => {
    const lines = chapterLines([[broken({ expected: 'e', actual: 'a' })], [result(P02, 'skipped', 'no')]], plain)
    assert.deepEqual(ids(lines), [
      'FAIL Rule 1 1 of 1 broken, 1 not tested 12 ms',
      'FAIL P01 the promise P01 tcp 12 ms',
    ])
  })

  it('says why a row was not judged, in a sentence', () => {
    const lines = chapterLines([[result(P02, 'inconclusive', 'the pod is gone. It saw: much')]], plain)
    assert.deepEqual(ids(lines).slice(2), ['because the pod is gone.'])
  })
})

describe('the causes on the screen', () => {
  const given = model([
    broken({ expected: 'e', actual: 'a' }),
    result(P02, 'failed', 'b', { expected: 'f', actual: 'b' }),
  ])
  const verdict = explained(given, [cause()])

  it('begin the verdict, each with what is intact, what it explains, what usually does it, and where to look', () => {
    const lines = verdictLines(verdict, { seconds: 1, apiRequests: 2 }, 'out', plain)
    assert.deepEqual(lines.slice(1, 9), [
      '',
      'cause 1       UDP from node-1 is lost (3 of 3).',
      '    intact    TCP on the same path is intact.',
      '    explains  P01  (1 row)',
      '    usually   a firewall',
      '    look      nft list ruleset',
      '              ip -s link',
      '',
    ])
    assert.ok(lines.includes('unexplained   P02'))
  })

  it('stand in place of the paragraphs of what they explain', () => {
    assert.deepEqual(unexplainedLines(verdict, plain).slice(0, 3), [
      'Broken promises that no cause explains',
      '  P02   the promise P02',
      '    expected  f',
    ])
    assert.ok(!unexplainedLines(verdict, plain).some((line) => line.includes('P01')))
  })

  it('and everything else keep hostile text harmless', () => {
    const run = hostileRun()
    const { core } = run.verdict
    const requirements = [core.failed, core.inconclusive, core.expected, core.passed]
    const lines = [
      ...requirements.flatMap((each) => requirementLines(each, plain)),
      ...chapterLines(requirements, plain),
      ...unexplainedLines(run.verdict, plain),
      ...untestedLines(core.untested, plain),
      ...verdictLines(run.verdict, { seconds: 1, apiRequests: 2 }, 'out', plain),
    ]
    const printed = withoutCommands(lines.join('\n'))
    assert.ok(!/(?!\n)\p{Cc}|\p{Bidi_Control}|\p{Cs}/u.test(printed))
    assert.ok(!/^\s*::[a-z-]+.*::|##\[/m.test(printed))
  })
})

describe('the live line', () => {
  const running = (id: string, started: number) => ({ id, tags: [], started })
  const live = () => new Live([P01, P02, E01], new Progress())

  it('says where the run is, and about how long it takes', () => {
    const state = live()
    state.take(result(P01, 'failed'))
    const now = Date.now()
    assert.match(
      state.line([running('P02', now)], now + 2_000),
      /^ {2}\.\. {2}1 of 3 {3}1 broken {3}P02 {3}about \d s left$/,
    )
  })

  it('says what is slow in place of a time that nothing supports', () => {
    const now = Date.now()
    assert.equal(live().line([running('P02', now - 59_000)], now), '  ..  0 of 3   slow: P02 59 s')
  })
})

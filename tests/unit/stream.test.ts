import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Channel } from '../../cluster/kube/exec.ts'
import { ProbeStream } from '../../cluster/streams/stream.ts'
import { Trouble } from '../../contract/errors.ts'

/** A probe's process that answers each request by `answer`, and can be cut off. */
function fakeProbe(answer: (request: { id: number; op: string }, attachment: number) => unknown) {
  let attachment = 0
  const cuts: (() => void)[] = []
  const open = async (onLine: (line: string) => void): Promise<Channel> => {
    const mine = ++attachment
    const closed = Promise.withResolvers<string>()
    cuts.push(() => closed.resolve('cut'))
    return {
      send: (line) => {
        const request = JSON.parse(line) as { id: number; op: string }
        const reply = answer(request, mine)
        if (reply !== undefined) setImmediate(() => onLine(JSON.stringify({ id: request.id, answer: reply })))
      },
      close: () => closed.resolve('closed'),
      closed: closed.promise,
    }
  }
  return { open, cut: () => cuts.at(-1)?.(), attachments: () => attachment }
}

describe('a stream to a probe', () => {
  it('multiplexes: one attachment for many questions', async () => {
    const probe = fakeProbe(({ id }) => ({ code: String(id) }))
    const stream = new ProbeStream('p', probe.open)
    const ask = () => stream.ask('bind', { protocol: 'TCP', port: 1 }, 1000)
    const answers = await Promise.all([ask(), ask(), ask()])
    assert.deepEqual(
      answers.map(({ code }) => code),
      ['1', '2', '3'],
    )
    assert.equal(probe.attachments(), 1)
  })

  it('is attached again when it drops, and asks again what was under way', async () => {
    const probe = fakeProbe((_request, attachment) => (attachment === 1 ? undefined : { code: 'second' }))
    const stream = new ProbeStream('p', probe.open)
    const asked = stream.ask('bind', { protocol: 'TCP', port: 1 }, 2000)
    setTimeout(probe.cut, 20)
    assert.deepEqual(await asked, { code: 'second' })
    assert.equal(stream.dropped, 1)
  })

  it('does not tell whoever comes after a probe to stop as well', async () => {
    const asked: string[] = []
    const probe = fakeProbe(({ op }) => void asked.push(op))
    const stream = new ProbeStream('p', probe.open)
    setTimeout(probe.cut, 20)
    await assert.rejects(stream.ask('stop', {}, 2000), { name: 'Trouble', message: 'p: cut' })
    assert.deepEqual(asked, ['stop'])
    assert.equal(probe.attachments(), 1)
  })

  it('fails what is under way when it is closed for good', async () => {
    const stream = new ProbeStream('p', fakeProbe(() => undefined).open)
    const asked = stream.ask('facts', {}, 60_000)
    setTimeout(() => stream.end(), 20)
    await assert.rejects(asked, { name: 'Trouble', message: 'p: its stream is closed' })
  })

  it('is trouble, not a verdict, when the probe does not come back or does not answer', async () => {
    let opened = 0
    const stream = new ProbeStream('probe ns/p', async (onLine) => {
      opened += 1
      if (opened > 1) throw new Trouble('pod is gone')
      const { open, cut } = fakeProbe(() => undefined)
      setTimeout(cut, 20)
      return open(onLine)
    })
    await assert.rejects(stream.ask('facts', {}, 2000), {
      name: 'Trouble',
      message: /the probe is gone: cut; pod is gone/,
    })
    const mute = new ProbeStream('probe ns/p', fakeProbe(() => undefined).open)
    await assert.rejects(mute.ask('facts', {}, 30), { name: 'Trouble', message: /did not answer within [\d.]+ s$/ })
  })

  it('waits longer for a probe that is busy with a question and answers a small one', async () => {
    const late: (() => void)[] = []
    const channelOf = async (onLine: (line: string) => void): Promise<Channel> => ({
      send: (line) => {
        const { id, op } = JSON.parse(line) as { id: number; op: string }
        if (op === 'bind') late.push(() => onLine(JSON.stringify({ id, answer: { code: 'late' } })))
        else
          setImmediate(() => {
            onLine(JSON.stringify({ id, answer: {} }))
            late[0]?.()
          })
      },
      close: () => {},
      closed: Promise.withResolvers<string>().promise,
    })
    const stream = new ProbeStream('p', channelOf)
    assert.deepEqual(await stream.ask('bind', { protocol: 'TCP', port: 1 }, 300), { code: 'late' })
  })

  it('does not wait for ever for it', async () => {
    let small = 0
    const { open } = fakeProbe(({ op }) => (op === 'ports' ? { small: ++small } : undefined))
    const stream = new ProbeStream('p', open)
    await assert.rejects(stream.ask('bind', { protocol: 'TCP', port: 1 }, 300), { message: /^p did not answer within/ })
    assert.equal(small, 2)
  })
})

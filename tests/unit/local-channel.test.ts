import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openLocalChannel } from '../../cluster/streams/local-channel.ts'

/** Settles with the first line of a channel's command. */
function opened(command: readonly string[]) {
  const first = Promise.withResolvers<string>()
  const channel = openLocalChannel(command, (line) => first.resolve(line))
  return { channel, first: first.promise }
}

describe('a command of this machine as a channel', () => {
  it('gets lines and gives lines', async () => {
    const { channel, first } = opened(['cat'])
    channel.send('hello')
    assert.equal(await first, 'hello')
    channel.close()
    assert.match(await channel.closed, /^cat ended with /)
  })

  it('says why it has ended', async () => {
    assert.equal(await opened(['sh', '-c', 'echo why >&2; exit 69']).channel.closed, 'sh ended with 69: why')
    assert.match(await opened(['/no/such/program']).channel.closed, /ENOENT/)
  })

  it('that is closed ends what it started, although it only waits for that, as nsenter does', {
    timeout: 10_000,
  }, async () => {
    const { channel, first } = opened(['sh', '-c', 'sh -c "echo started; exec sleep 60" & wait'])
    assert.equal(await first, 'started')
    channel.close()
    // stdout and stderr close when the last process that holds them has ended.
    assert.match(await channel.closed, /^sh ended with /)
  })
})

import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createTwilioChannel } from '../channel.js'
import { SCOPE, SENDER, sampleText } from '../sample-text.fixture.js'
import type { FakeTwilioBehaviour } from './fake-behaviour.js'
import { createFakeTwilio, type FakeTwilio, type FakeTwilioOptions } from './fake-twilio.js'

const open: FakeTwilio[] = []
afterEach(async () => {
  for (const fake of open.splice(0)) await fake.close()
})

async function opened(options: FakeTwilioOptions): Promise<FakeTwilio> {
  const fake = await createFakeTwilio(options)
  open.push(fake)
  return fake
}

const FORM = new URLSearchParams({ To: '+393331234567', From: SENDER, Body: 'hello' }).toString()

/** Posts a create and reads until the other end is gone, however it went. */
function saidBy({ access }: FakeTwilio, form = FORM): Promise<string> {
  const { origin, accountSid, authToken } = access
  const request = [
    `POST /2010-04-01/Accounts/${accountSid}/Messages.json HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${FORM.length}`,
    '',
    form,
  ].join('\r\n')
  return new Promise((resolve) => {
    let said = ''
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => socket.write(request))
    socket.on('data', (piece) => {
      said += piece.toString()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(said))
  })
}

/** Where it hangs up, what it has said until then, whether it took the message, and what the channel makes of it. */
const ENDS: readonly (readonly [FakeTwilioBehaviour, RegExp, number, string])[] = [
  [{ type: 'drop', at: 'request' }, /^$/, 0, 'unknown'],
  [{ type: 'drop', at: 'accepted' }, /^$/, 1, 'unknown'],
  [{ type: 'drop', at: 'head' }, /^HTTP\/1\.1 201 Crea$/, 1, 'unknown'],
  [
    { type: 'drop', at: 'answer' },
    /^HTTP\/1\.1 201 Created\r\n[\s\S]*\r\n\r\n\{"account_sid"[^}]*$/,
    1,
    'unknown',
  ],
  [
    { type: 'drop', at: 'end' },
    /^HTTP\/1\.1 201 Created\r\n[\s\S]*\r\n\r\n\{"account_sid"[\s\S]*\}$/,
    1,
    'accepted',
  ],
]

describe('a fake Twilio that hangs up', () => {
  it.each(ENDS)('with %o has said so much, and has taken what it says', async (behaviour, said, taken) => {
    const fake = await opened({ behaviour: () => behaviour })
    expect(await saidBy(fake)).toMatch(said)
    expect(fake.messages).toHaveLength(taken)
  })

  it.each(ENDS)(
    'with %o leaves the channel to tell no more than it knows',
    async (behaviour, _, taken, outcome) => {
      const fake = await opened({ behaviour: () => behaviour })
      const sms = createTwilioChannel({ client: fake.client, kind: 'sms', from: SENDER })
      expect(await sms.send(SCOPE, [sampleText()])).toMatchObject([{ outcome }])
      expect(fake.messages).toHaveLength(taken)
    },
  )

  it('while a create comes in has taken nothing, whole or not, and takes the next', async () => {
    const fake = await opened({ cutsOff: (n) => n < 3 })
    expect(await saidBy(fake)).toBe('')
    expect(await saidBy(fake, FORM.slice(0, 10))).toBe('')
    expect([fake.creates, fake.messages.length]).toEqual([2, 0])
    await fake.client.messages.create({ to: '+393331234567', from: SENDER, body: 'hello' })
    expect([fake.creates, fake.messages.length]).toEqual([3, 1])
  })

  it('goes on when a caller hangs up in the midst of a create', async () => {
    const fake = await opened({})
    const { port } = new URL(fake.access.origin)
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nTo', () => socket.destroy()),
      )
      socket.on('close', () => resolve())
    })
    await fake.client.messages.create({ to: '+393331234567', from: SENDER, body: 'hello' })
    expect(fake.messages).toHaveLength(1)
  })
})

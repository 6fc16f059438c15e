import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { FakeBehaviour } from './fake-behaviour.js'
import { createFakeSendgrid, type FakeSendgridOptions } from './fake-sendgrid.js'
import type { MailboxBehaviour } from './mailbox-behaviour.js'
import { createSmtpMailbox } from './smtp-mailbox.js'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Writes to a port, at once or when it was greeted, and reads until the other end is gone, however it went. */
function saidBy(port: number, text: string, speaks: 'first' | 'second'): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    const socket = connect(port, '127.0.0.1')
    socket.once(speaks === 'first' ? 'connect' : 'data', () => socket.write(text))
    socket.on('data', (piece) => {
      said += piece.toString()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(said))
  })
}

const LETTER = JSON.stringify({
  personalizations: [{ to: [{ email: 'ada@example.com' }] }],
  from: { email: 'hi@pizza.example' },
  subject: 'We miss you',
  content: [{ type: 'text/plain', value: 'Come back' }],
})
const REQUEST = [
  'POST /v3/mail/send HTTP/1.1',
  'host: 127.0.0.1',
  'authorization: Bearer SG.test',
  'content-type: application/json',
  `content-length: ${LETTER.length}`,
  '',
  LETTER,
].join('\r\n')

async function askSendgrid(options: FakeSendgridOptions, request = REQUEST) {
  const fake = await createFakeSendgrid(options)
  closing.push(() => fake.close())
  const said = await saidBy(Number(new URL(fake.url).port), request, 'first')
  return { said, taken: fake.messages.length }
}

const ENDS: readonly (readonly [FakeBehaviour, RegExp, number])[] = [
  [{ type: 'drop', at: 'answer' }, /^$/, 0],
  [{ type: 'drop', at: 'answer', keeps: true }, /^$/, 1],
  [{ type: 'drop', at: 'head' }, /^HTTP\/1\.1 202 Acc$/, 1],
  [
    { type: 'drop', at: 'accepted' },
    /^HTTP\/1\.1 202 Accepted\r\n[\s\S]*content-length: 10\r\n[\s\S]*\r\n\r\nhalf$/,
    1,
  ],
  [
    { type: 'drop', at: 'end' },
    /^HTTP\/1\.1 202 Accepted\r\n[\s\S]*content-length: 0\r\n[\s\S]*\r\n\r\n$/,
    1,
  ],
]

describe('a fake SendGrid that hangs up', () => {
  it.each(ENDS)('with %o has said so much, and has taken what it says', async (behaviour, said, taken) => {
    const found = await askSendgrid({ behaviour: () => behaviour })
    expect(found).toEqual({ said: expect.stringMatching(said), taken })
  })

  it('while a request comes in has taken nothing, whole or not', async () => {
    const cutsOff = () => true
    expect(await askSendgrid({ cutsOff })).toEqual({ said: '', taken: 0 })
    expect(await askSendgrid({ cutsOff }, REQUEST.slice(0, -20))).toEqual({ said: '', taken: 0 })
  })
})

const MAIL = [
  'EHLO shop.example',
  'MAIL FROM:<hi@pizza.example>',
  'RCPT TO:<ada@example.com>',
  'DATA',
  'Subject: We miss you',
  '',
  'Come back',
  '.',
  '',
].join('\r\n')

const REPLIES: readonly (readonly [MailboxBehaviour, RegExp, number])[] = [
  [{ type: 'drop', at: 'answer' }, /\r\n354 [^\r]*\r\n$/, 0],
  [{ type: 'drop', at: 'answer', keeps: true }, /\r\n354 [^\r]*\r\n$/, 1],
  [{ type: 'drop', at: 'reply' }, /\r\n354 [^\r]*\r\n250 2\.$/, 1],
  [{ type: 'drop', at: 'accepted' }, /\r\n354 [^\r]*\r\n250 [^\r]+\r\n$/, 1],
]

describe('a mailbox that hangs up', () => {
  it.each(REPLIES)('with %o has said so much, and has taken what it says', async (behaviour, said, taken) => {
    const mailbox = await createSmtpMailbox({ behaviour: () => behaviour })
    closing.push(() => mailbox.close())
    expect(await saidBy(mailbox.port, MAIL, 'second')).toMatch(said)
    expect(mailbox.messages).toHaveLength(taken)
  })
})

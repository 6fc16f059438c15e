import { createServer } from 'node:net'
import type { AttemptId, Channel, SendResult } from '@campaignkit/core/adapter'
import { afterEach, describe, expect, it } from 'vitest'
import { createSendgridChannel } from './channel.js'
import type { SendgridChannelOptions } from './options.js'
import type { MailboxBehaviour } from './testing/mailbox-behaviour.js'
import { SAMPLE_SCOPE, sampleMessage } from './testing/sample-message.js'
import { createSmtpMailbox, type SmtpMailbox, type SmtpMailboxOptions } from './testing/smtp-mailbox.js'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function opened(options: SmtpMailboxOptions = {}): Promise<SmtpMailbox> {
  const mailbox = await createSmtpMailbox(options)
  closing.push(() => mailbox.close())
  return mailbox
}

type Given = Omit<Partial<SendgridChannelOptions>, 'smtp'> & {
  smtp?: Partial<SendgridChannelOptions['smtp']>
}

function channelTo(mailbox: { host: string; port: number }, given: Given = {}): Channel {
  const channel = createSendgridChannel({
    from: 'Pizzeria <hi@pizza.example>',
    reachesPeople: false,
    connections: 1,
    ...given,
    smtp: { host: mailbox.host, port: mailbox.port, ...given.smtp },
  })
  closing.push(async () => channel.close?.())
  return channel
}

async function send(channel: Channel, ...given: Parameters<typeof sampleMessage>): Promise<SendResult> {
  const [result] = await channel.send(SAMPLE_SCOPE, [sampleMessage(...given)])
  if (result === undefined) throw new Error('no result')
  return result
}

async function outcomeOf(behaviour: MailboxBehaviour, options: SmtpMailboxOptions = {}, given: Given = {}) {
  const mailbox = await opened({ behaviour: () => behaviour, ...options })
  const result = await send(channelTo(mailbox, given))
  return { result, mailbox }
}

const refuse = (at: 'rcpt' | 'answer', code: number, text: string): MailboxBehaviour => ({
  type: 'refuse',
  at,
  code,
  text,
})
const LARGE = 'a line of a message that does not fit into the buffers of a socket\n'.repeat(250_000)

for (const pipelining of [true, false]) {
  describe(`one attempt, ${pipelining ? 'with' : 'without'} pipelining`, () => {
    it('is accepted under the id that the server names', async () => {
      const { result } = await outcomeOf({ type: 'accept', text: 'Ok: queued as Hx3_a-Q.1' }, { pipelining })
      expect(result).toEqual({ outcome: 'accepted', providerMessageId: 'Hx3_a-Q.1' })
    })

    it('is accepted under our message id when the server names none', async () => {
      const { result, mailbox } = await outcomeOf(
        { type: 'accept', text: 'thanks ada@example.com' },
        { pipelining },
      )
      expect(result).toEqual({ outcome: 'accepted', providerMessageId: '<d-1.a-1@pizza.example>' })
      expect(mailbox.messages[0]).toMatchObject({
        from: 'hi@pizza.example',
        to: 'ada@example.com',
        secure: false,
      })
    })

    it.each([
      [refuse('rcpt', 451, '4.3.0 try later'), { outcome: 'transient', code: 'smtp-451-4.3.0' }],
      [refuse('answer', 452, 'no room'), { outcome: 'transient', code: 'smtp-452' }],
      [refuse('rcpt', 421, '4.3.2 closing'), { outcome: 'transient' }],
      [refuse('answer', 421, 'closing'), { outcome: 'transient', code: 'smtp-421' }],
      [
        refuse('rcpt', 450, '4.7.1 rate limit, try again in 5 minutes'),
        { outcome: 'throttled', code: 'smtp-450-4.7.1', retryAfterMs: 300_000 },
      ],
      [
        refuse('answer', 451, '4.7.1 too many messages'),
        { outcome: 'throttled', code: 'smtp-451-4.7.1', retryAfterMs: 60_000 },
      ],
      [
        refuse('rcpt', 550, '5.1.1 no such user'),
        { outcome: 'permanent', code: 'smtp-550-5.1.1', suppress: true },
      ],
      [
        refuse('answer', 550, '5.1.1 no such user'),
        { outcome: 'permanent', code: 'smtp-550-5.1.1', suppress: true },
      ],
      [refuse('answer', 554, '5.7.1 looks like spam'), { outcome: 'permanent', code: 'smtp-554-5.7.1' }],
      [refuse('answer', 552, 'too big'), { outcome: 'permanent', code: 'smtp-552' }],
      [
        refuse('rcpt', 554, '5.7.1 Relay access denied'),
        { outcome: 'misconfigured', code: 'smtp-554-5.7.1' },
      ],
    ] as const)('is judged by what the server answers: %o', async (behaviour, expected) => {
      const { result, mailbox } = await outcomeOf(behaviour, { pipelining })
      expect(result).toMatchObject(expected)
      expect(mailbox.messages).toHaveLength(0)
    })

    it('is misconfigured when the sender is refused', async () => {
      const refuseSender = { code: 550, text: '5.7.60 not your address' }
      const { result } = await outcomeOf({ type: 'accept' }, { pipelining, refuseSender })
      expect(result).toEqual({ outcome: 'misconfigured', code: 'smtp-550-5.7.60' })
    })

    it('is transient when the connection is lost before the message was given away', async () => {
      const { result, mailbox } = await outcomeOf({ type: 'drop', at: 'rcpt' }, { pipelining })
      expect(result).toEqual({ outcome: 'transient', code: 'smtp-closed', outage: true })
      expect(mailbox.connections).toBe(1)
    })

    it('is transient when the connection is lost in the midst of the message', async () => {
      const mailbox = await opened({ behaviour: () => ({ type: 'drop', at: 'body' }), pipelining })
      const result = await send(channelTo(mailbox), {}, { text: LARGE })
      expect(result).toEqual({ outcome: 'transient', code: 'smtp-closed' })
      expect(mailbox.messages).toHaveLength(0)
    })

    it.each([true, false])(
      'is unknown when the answer never comes, whether the server keeps it: %s',
      async (keeps) => {
        const { result, mailbox } = await outcomeOf({ type: 'drop', at: 'answer', keeps }, { pipelining })
        expect(result).toEqual({ outcome: 'unknown', code: 'smtp-closed', outage: true })
        expect(mailbox.messages).toHaveLength(keeps ? 1 : 0)
        expect(mailbox.connections).toBe(1)
      },
    )

    it('is unknown when the connection is lost in the midst of the answer', async () => {
      const { result, mailbox } = await outcomeOf({ type: 'drop', at: 'reply' }, { pipelining })
      expect(result).toEqual({ outcome: 'unknown', code: 'smtp-closed', outage: true })
      expect(mailbox.messages).toHaveLength(1)
      expect(mailbox.connections).toBe(1)
    })

    it('is transient when the server falls silent before the message was given away', async () => {
      const stall: MailboxBehaviour = { type: 'stall', at: 'rcpt' }
      let named = ''
      const behaviour = ({ to }: { to: string }) => {
        named = to
        return stall
      }
      const given = { smtp: { timeouts: { silenceMs: 250 } } }
      const { result } = await outcomeOf(stall, { pipelining, behaviour }, given)
      expect(result).toEqual({ outcome: 'transient', code: 'smtp-timeout', outage: true })
      expect(named).toBe('ada@example.com')
    })

    it('is transient when the server stops reading in the midst of the message', async () => {
      const mailbox = await opened({ behaviour: () => ({ type: 'stall', at: 'body' }), pipelining })
      const channel = channelTo(mailbox, { streamTimeoutMs: 500 })
      expect(await send(channel, {}, { text: LARGE })).toEqual({ outcome: 'transient', code: 'smtp-timeout' })
    })

    it.each([{ smtp: { timeouts: { silenceMs: 250 } } }, { streamTimeoutMs: 250 }])(
      'is unknown when the server falls silent after the message was given away: %o',
      async (given) => {
        const { result, mailbox } = await outcomeOf({ type: 'stall', at: 'answer' }, { pipelining }, given)
        expect(result).toEqual({ outcome: 'unknown', code: 'smtp-timeout', outage: true })
        expect(mailbox.messages).toHaveLength(1)
      },
    )
  })
}

describe('connecting', () => {
  it('is transient when nobody listens', async () => {
    const mailbox = await createSmtpMailbox()
    await mailbox.close()
    const gone = createServer()
    const port = await new Promise<number>((resolve) => {
      gone.listen(0, '127.0.0.1', () => resolve((gone.address() as { port: number }).port))
    })
    await new Promise((resolve) => gone.close(resolve))
    expect(await send(channelTo({ host: '127.0.0.1', port }))).toEqual({
      outcome: 'transient',
      code: 'smtp-refused',
      outage: true,
    })
  })

  it('is transient when the host has no address', async () => {
    const result = await send(channelTo({ host: 'nowhere.invalid', port: 25 }))
    expect(result).toEqual({ outcome: 'transient', code: 'smtp-dns', outage: true })
  })

  it('is transient when the server hangs up before it greets, and when it never greets', async () => {
    const drops = await opened({ greeting: () => 'drop' })
    expect(await send(channelTo(drops))).toEqual({ outcome: 'transient', code: 'smtp-closed', outage: true })
    const stalls = await opened({ greeting: () => 'stall' })
    const channel = channelTo(stalls, { smtp: { timeouts: { greetingMs: 50 } } })
    expect(await send(channel)).toEqual({ outcome: 'transient', code: 'smtp-timeout', outage: true })
  })

  it('is throttled, or misconfigured, by how the server refuses to serve', async () => {
    const busy = await opened({ greeting: () => ({ code: 421, text: '4.7.0 too many connections' }) })
    expect(await send(channelTo(busy))).toMatchObject({ outcome: 'throttled', code: 'smtp-421-4.7.0' })
    const closed = await opened({ greeting: () => ({ code: 554, text: 'no service for you' }) })
    expect(await send(channelTo(closed))).toEqual({ outcome: 'misconfigured', code: 'smtp-554' })
  })

  it('logs in, and is misconfigured when the password is wrong', async () => {
    const mailbox = await opened({ login: { user: 'apikey', pass: 'right' } })
    const right = channelTo(mailbox, { smtp: { user: 'apikey', pass: 'right', requireTls: false } })
    expect(await send(right)).toMatchObject({ outcome: 'accepted' })
    expect(mailbox.messages[0]?.user).toBe('apikey')
    const wrong = channelTo(mailbox, { smtp: { user: 'apikey', pass: 'wrong', requireTls: false } })
    expect(await send(wrong)).toEqual({ outcome: 'misconfigured', code: 'smtp-535-5.7.8' })
    expect(await send(channelTo(mailbox))).toEqual({ outcome: 'misconfigured', code: 'smtp-530' })
  })

  it('tells a login that is refused for now from an account without credit', async () => {
    const smtp = { user: 'apikey', pass: 'x', requireTls: false }
    const later = await opened({ login: { user: 'u', pass: 'p', code: 454, text: '4.7.0 try later' } })
    expect(await send(channelTo(later, { smtp }))).toEqual({ outcome: 'transient', code: 'smtp-454-4.7.0' })
    const spent = await opened({
      login: { user: 'u', pass: 'p', code: 451, text: 'Maximum credits exceeded' },
    })
    expect(await send(channelTo(spent, { smtp }))).toEqual({ outcome: 'misconfigured', code: 'smtp-451' })
  })

  it('offers no password to a server that asks for none', async () => {
    const mailbox = await opened()
    const channel = channelTo(mailbox, { smtp: { user: 'u', pass: 'p', requireTls: false } })
    expect(await send(channel)).toEqual({ outcome: 'misconfigured', code: 'smtp-auth-unsupported' })
  })

  it('offers no password in plain text', async () => {
    const mailbox = await opened({ login: { user: 'u', pass: 'p' } })
    const channel = channelTo(mailbox, { smtp: { user: 'u', pass: 'p' } })
    expect(await send(channel)).toMatchObject({ outcome: 'misconfigured' })
    expect(mailbox.messages).toHaveLength(0)
  })

  it('secures the connection, and refuses a certificate that nobody vouches for', async () => {
    const mailbox = await opened({ startTls: true })
    expect(await send(channelTo(mailbox))).toEqual({ outcome: 'misconfigured', code: 'smtp-certificate' })
    const trusting = channelTo(mailbox, { smtp: { tls: { rejectUnauthorized: false } } })
    expect(await send(trusting)).toMatchObject({ outcome: 'accepted' })
    expect(mailbox.messages[0]?.secure).toBe(true)
  })

  it('is transient when the other end speaks no TLS at all', async () => {
    const mailbox = await opened()
    expect(await send(channelTo(mailbox, { smtp: { secure: true } }))).toMatchObject({ outcome: 'transient' })
  })
})

describe('connections', () => {
  it('are kept for the next message, also after a refusal, and go after a hundred', async () => {
    const mailbox = await opened({
      behaviour: ({ n }) => (n % 2 === 0 ? refuse('rcpt', 550, '5.1.1') : { type: 'accept' }),
    })
    const channel = channelTo(mailbox)
    for (let n = 1; n <= 101; n += 1) await send(channel)
    expect(mailbox.messages).toHaveLength(51)
    expect(mailbox.connections).toBe(2)
    expect(mailbox.messages.at(-1)?.connection).toBe(2)
  })

  it('are as many as the window, and no more', async () => {
    const mailbox = await opened()
    const channel = channelTo(mailbox, { connections: 4 })
    const results = await Promise.all(Array.from({ length: 50 }, () => send(channel)))
    expect(results.every(({ outcome }) => outcome === 'accepted')).toBe(true)
    expect(mailbox.connections).toBe(4)
    expect(channel.capabilities.window).toBe(4)
  })

  it('that died between two messages are replaced without spending the attempt', async () => {
    const mailbox = await opened()
    const channel = channelTo(mailbox)
    await send(channel)
    mailbox.hangUp()
    expect(await send(channel)).toMatchObject({ outcome: 'accepted' })
    expect(mailbox.messages).toHaveLength(2)
    expect(mailbox.connections).toBe(2)
  })

  it('that the server closes after its answer leave the message accepted', async () => {
    const { result, mailbox } = await outcomeOf({ type: 'drop', at: 'accepted' })
    expect(result).toMatchObject({ outcome: 'accepted' })
    expect(mailbox.messages).toHaveLength(1)
  })

  it('never send a message twice, whatever breaks', async () => {
    const breaks: readonly MailboxBehaviour[] = [
      { type: 'accept' },
      { type: 'drop', at: 'rcpt' },
      { type: 'drop', at: 'body' },
      { type: 'drop', at: 'answer', keeps: true },
      { type: 'drop', at: 'answer', keeps: false },
      { type: 'drop', at: 'reply' },
      { type: 'drop', at: 'accepted' },
      refuse('rcpt', 421, 'closing'),
      refuse('answer', 451, 'later'),
    ]
    const mailbox = await opened({
      behaviour: ({ n }) => breaks[(n * 5) % breaks.length] ?? { type: 'accept' },
    })
    const channel = channelTo(mailbox, { connections: 20 })
    const results = await Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        send(channel, { to: `c${n}@example.com`, attemptId: `a${n}` as AttemptId }).then((result) => ({
          n,
          result,
        })),
      ),
    )
    const kept = mailbox.messages.map(({ to }) => to)
    expect(new Set(kept).size).toBe(kept.length)
    for (const { n, result } of results) {
      if (result.outcome === 'accepted') expect(kept).toContain(`c${n}@example.com`)
      else if (result.outcome !== 'unknown') expect(kept).not.toContain(`c${n}@example.com`)
    }
    expect(new Set(results.map(({ result }) => result.outcome))).toEqual(
      new Set(['accepted', 'transient', 'unknown']),
    )
  })

  it('of two channels keep apart', async () => {
    const first = await opened()
    const second = await opened({ behaviour: () => refuse('rcpt', 550, '5.1.1') })
    const results = await Promise.all([send(channelTo(first)), send(channelTo(second))])
    expect(results.map(({ outcome }) => outcome)).toEqual(['accepted', 'permanent'])
    expect(first.messages).toHaveLength(1)
  })
})

/** A server that answers each line as told: for what no decent server says. */
async function scripted(
  answer: (line: string, hangUp: () => void) => string | undefined,
): Promise<{ host: string; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('220 scripted\r\n')
    let rest = ''
    socket.on('data', (piece) => {
      const lines = (rest + piece.toString()).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const said = answer(line, () => socket.end())
        if (said !== undefined) socket.write(said)
      }
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  closing.push(() => new Promise((resolve) => server.close(() => resolve())))
  return { host: '127.0.0.1', port }
}

const USUAL: Readonly<Record<string, string>> = {
  EHLO: '250 scripted',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go',
  '.': '250 ok',
}

function usual(changed: Readonly<Record<string, string>>, hangUpAfter?: string) {
  return (line: string, hangUp: () => void) => {
    const verb = line === '.' ? '.' : line.slice(0, 4)
    const said = { ...USUAL, RSET: '250 ok', QUIT: '221 bye', ...changed }[verb]
    if (hangUpAfter === verb) setImmediate(hangUp)
    return said === undefined || said === ''
      ? undefined
      : said.endsWith('!')
        ? said.slice(0, -1)
        : `${said}\r\n`
  }
}

describe('servers that behave oddly', () => {
  it.each([
    [
      'refuses to be spoken to',
      usual({ EHLO: '554 go away', HELO: '554 go away' }),
      'misconfigured',
      'smtp-554',
    ],
    ['speaks the old way', usual({ EHLO: '500 what?', HELO: '250 ok' }), 'accepted', undefined],
    ['refuses DATA for now', usual({ DATA: '451 4.3.0 busy' }), 'transient', 'smtp-451-4.3.0'],
    ['lost track of the session', usual({ RCPT: '503 5.5.1 MAIL first' }), 'transient', 'smtp-503-5.5.1'],
    [
      'cannot end the transaction',
      usual({ RCPT: '550 5.1.1 nobody', RSET: '500 no' }),
      'permanent',
      'smtp-550-5.1.1',
    ],
    [
      'refuses without ending the line',
      usual({ '.': '554 5.7.1 spam!' }, '.'),
      'permanent',
      'smtp-554-5.7.1',
    ],
    [
      'breaks off its refusal of a recipient',
      usual({ RCPT: '550 5.1.1 no!' }, 'RCPT'),
      'transient',
      'smtp-closed',
    ],
    ['breaks off its refusal', usual({ '.': '55!' }, '.'), 'unknown', 'smtp-closed'],
    ['breaks off its consent', usual({ '.': '250 o!' }, '.'), 'unknown', 'smtp-closed'],
    ['breaks off between the lines of its consent', usual({ '.': '250-ok' }, '.'), 'unknown', 'smtp-closed'],
    ['answers neither yes nor no', usual({ '.': '354 more?' }), 'unknown', 'smtp-closed'],
  ])('%s', async (_name, answer, outcome, code) => {
    const server = await scripted(answer)
    const result = await send(channelTo(server))
    expect(result).toMatchObject({ outcome, ...(code === undefined ? {} : { code }) })
  })

  it('say yes before they have the message, which is not believed', async () => {
    const server = await scripted(usual({ DATA: '354 go\r\n250 ok' }))
    const result = await send(channelTo(server), {}, { text: LARGE })
    expect(result).toEqual({ outcome: 'transient', code: 'smtp-protocol' })
  })

  it('hang up on an idle connection with a 421, which spends no attempt', async () => {
    let mails = 0
    const server = await scripted((line, hangUp) => {
      if (line.startsWith('MAIL')) mails += 1
      if (line.startsWith('MAIL') && mails === 2) setImmediate(hangUp)
      return usual(mails === 2 ? { MAIL: '421 4.4.2 idle for too long' } : {})(line, hangUp)
    })
    const channel = channelTo(server)
    expect(await send(channel)).toMatchObject({ outcome: 'accepted' })
    expect(await send(channel)).toMatchObject({ outcome: 'accepted' })
    expect(mails).toBe(3)
  })
})

describe('stopping', () => {
  it('leaves messages that had not begun for later, and sees the begun one through', async () => {
    let open: () => void = () => undefined
    const after = new Promise<void>((resolve) => {
      open = resolve
    })
    const abort = new AbortController()
    const mailbox = await opened({
      behaviour: () => {
        abort.abort()
        return { type: 'accept', after }
      },
    })
    const channel = channelTo(mailbox)
    const messages = [sampleMessage({ to: 'first@example.com' }), sampleMessage({ to: 'second@example.com' })]
    const sending = messages.map((message) => channel.send(SAMPLE_SCOPE, [message], { signal: abort.signal }))
    expect(await sending[1]).toEqual([{ outcome: 'transient', code: 'aborted' }])
    open()
    expect(await sending[0]).toMatchObject([{ outcome: 'accepted' }])
    expect(await channel.send(SAMPLE_SCOPE, messages.slice(0, 1), { signal: abort.signal })).toEqual([
      { outcome: 'transient', code: 'aborted' },
    ])
    expect(mailbox.messages.map(({ to }) => to)).toEqual(['first@example.com'])
  })

  it('closes once what was begun has ended, twice without harm, and sends nothing after', async () => {
    const mailbox = await opened()
    const channel = channelTo(mailbox)
    const sending = [send(channel), send(channel)]
    await Promise.all([mailbox.waitFor(0), channel.close?.(), channel.close?.()])
    const results = await Promise.all(sending)
    expect(results).toMatchObject([{ outcome: 'accepted' }, { outcome: 'transient', code: 'closed' }])
    expect(await send(channel)).toEqual({ outcome: 'transient', code: 'closed' })
    expect(mailbox.messages).toHaveLength(1)
  })

  it('lets go of idle connections', async () => {
    const mailbox = await opened()
    const channel = channelTo(mailbox)
    await send(channel)
    expect(mailbox.openConnections).toBe(1)
    await channel.close?.()
    await expect.poll(() => mailbox.openConnections).toBe(0)
  })
})

import type { AttemptId, CampaignId, DeliveryId, MessageAttachment, RunId } from '@campaignkit/core/adapter'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSendgridChannel } from './channel.js'
import type { SendgridChannelOptions } from './options.js'
import { SAMPLE_SCOPE, sampleMessage } from './testing/sample-message.js'
import {
  createSmtpMailbox,
  type MailboxMessage,
  type SmtpMailbox,
  type SmtpMailboxOptions,
} from './testing/smtp-mailbox.js'

const closing: (() => Promise<void>)[] = []
let mailbox: SmtpMailbox

async function opened(options: SmtpMailboxOptions = {}): Promise<SmtpMailbox> {
  const created = await createSmtpMailbox(options)
  closing.push(() => created.close())
  return created
}

beforeAll(async () => {
  mailbox = await opened()
})

afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

type Sample = Parameters<typeof sampleMessage>

async function attempt(given: Partial<SendgridChannelOptions>, sample: Sample, to = mailbox) {
  const channel = createSendgridChannel({
    from: 'Pizzeria <hi@pizza.example>',
    smtp: { host: to.host, port: to.port },
    reachesPeople: false,
    ...given,
  })
  const [result] = await channel.send(SAMPLE_SCOPE, [sampleMessage(...sample)])
  await channel.close?.()
  return result
}

async function delivered(
  sample: Sample,
  given: Partial<SendgridChannelOptions> = {},
  to = mailbox,
): Promise<MailboxMessage> {
  expect(await attempt(given, sample, to)).toMatchObject({ outcome: 'accepted' })
  const message = to.messages.at(-1)
  if (message === undefined) throw new Error('nothing came')
  return message
}

/** Header lines as they went over the wire, unfolded by the rule of RFC 5322, section 2.2.3. */
function headersOf({ raw }: MailboxMessage): string[] {
  const [head = ''] = raw.toString('latin1').split('\r\n\r\n')
  return head.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')
}

const PNG: MessageAttachment = {
  filename: 'coupon.png',
  contentType: 'image/png',
  bytes: Uint8Array.from({ length: 3_000 }, (_, at) => (at * 31) % 256),
  contentId: 'coupon@campaignkit',
}

describe('a message', () => {
  it('arrives with its subject, both bodies, and the image that the html refers to', async () => {
    const html = '<p>Grüße, "=" and ≤ signs</p>\n<img src="cid:coupon@campaignkit" alt="=3D">\n.\n..dots'
    const text = `Grüße\n.\n..\nFrom here to there\n${'x'.repeat(2_000)}\ntrailing \nend`
    const message = await delivered([{}, { subject: 'We miss you 🍕', html, text, attachments: [PNG] }])
    const mail = await message.parsed()
    expect(mail.subject).toBe('We miss you 🍕')
    expect(mail.html).toContain('Grüße, "=" and ≤ signs')
    expect(mail.html).toContain('alt="=3D">\n.\n..dots')
    expect(mail.text?.trimEnd()).toBe(text)
    expect(mail.attachments).toHaveLength(1)
    expect(mail.attachments[0]).toMatchObject({
      filename: 'coupon.png',
      contentType: 'image/png',
      disposition: 'inline',
      contentId: 'coupon@campaignkit',
    })
    expect(Buffer.compare(mail.attachments[0]?.bytes ?? Buffer.alloc(0), Buffer.from(PNG.bytes))).toBe(0)
    expect(mail).toMatchObject({ from: '"Pizzeria" <hi@pizza.example>', to: 'ada@example.com' })
    expect(headersOf(message).some((line) => /^Date: \w{3}, \d\d \w{3} \d{4} /.test(line))).toBe(true)
    expect(headersOf(message).filter((line) => /^MIME-Version:/i.test(line))).toHaveLength(1)
  })

  it('keeps its lines within what RFC 5322 allows, whatever it holds', async () => {
    const long = 'ü'.repeat(5_000)
    const message = await delivered([{}, { subject: 'ü'.repeat(900), html: long, text: 'y'.repeat(5_000) }])
    const lines = message.raw.toString('latin1').split('\r\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78)
    const mail = await message.parsed()
    expect(mail.subject).toBe('ü'.repeat(900))
    expect(mail.html).toContain(long)
  })

  it('in a script that is not Latin arrives whole', async () => {
    const text = 'Мы скучаем по вам\nこんにちは\nשלום\nمرحبا'
    const mail = await (await delivered([{}, { subject: 'Привет, «пицца»', html: null, text }])).parsed()
    expect(mail.text?.trimEnd()).toBe(text)
    expect(mail.subject).toBe('Привет, «пицца»')
    expect(mail.html).toBeNull()
  })

  it('carries files that no html refers to as attachments', async () => {
    const file: MessageAttachment = {
      filename: 'Speisekarte "Früh".txt',
      contentType: 'text/plain',
      bytes: Buffer.from('ü'),
    }
    const mail = await (await delivered([{}, { html: null, attachments: [PNG, file] }])).parsed()
    expect(mail.attachments.map(({ filename, disposition }) => [filename, disposition])).toEqual([
      ['coupon.png', 'attachment'],
      ['Speisekarte "Früh".txt', 'attachment'],
    ])
    expect(mail.attachments[1]?.bytes.toString()).toBe('ü')
  })

  it('leaves its headers as they were rendered, in one line each', async () => {
    const link = `<https://go.pizza.example/u/${'a1B2-'.repeat(100)}>`
    const headers = {
      'List-Unsubscribe': `${link}, <mailto:stop@pizza.example?subject=stop>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'X-Note': 'für später',
    }
    const message = await delivered([{}, { headers }])
    const raw = message.raw.toString('latin1')
    expect(raw).toContain(`\r\nList-Unsubscribe: ${headers['List-Unsubscribe']}\r\n`)
    expect(raw).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
    expect(raw).toContain('\r\nX-Note: =?UTF-8?Q?f=C3=BCr_sp=C3=A4ter?=\r\n')
  })

  it('names its delivery and attempt in the message id, and nothing of the person', async () => {
    const message = await delivered([{ to: 'ada@example.com', attemptId: 'at/1 x' as AttemptId }])
    expect(headersOf(message)).toContain('Message-ID: <d-1.at_2f_1_20_x@pizza.example>')
    expect(headersOf(message).filter((line) => line.includes('ada'))).toEqual(['To: ada@example.com'])
  })

  it('answers to whom it says, else to whom the channel says, else to the sender', async () => {
    const replyTo = 'Office <office@pizza.example>'
    const named = await delivered([{}, { replyTo: 'ceo@pizza.example' }], { replyTo })
    expect(headersOf(named)).toContain('Reply-To: ceo@pizza.example')
    expect(headersOf(await delivered([], { replyTo }))).toContain(`Reply-To: ${replyTo}`)
    expect(headersOf(await delivered([])).some((line) => line.startsWith('Reply-To'))).toBe(false)
  })

  it('is from a name that would break the header, had it not been encoded', async () => {
    const mail = await (await delivered([], { from: '"Pizza, Pasta: <Co> Ä" <hi@pizza.example>' })).parsed()
    expect(mail.from).toBe('"Pizza, Pasta: <Co> Ä" <hi@pizza.example>')
  })
})

describe('an address', () => {
  it('with an international domain goes in its ASCII form', async () => {
    const message = await delivered([{ to: 'ada@bücher.example' }])
    expect(message.smtpUtf8).toBe(false)
    expect(headersOf(message)).toContain('To: ada@xn--bcher-kva.example')
  })

  it('with an international local part goes as SMTPUTF8, and nowhere else', async () => {
    const message = await delivered([{ to: 'jörg@example.com' }])
    expect(message).toMatchObject({ to: 'jörg@example.com', smtpUtf8: true })
    expect(message.raw.toString('utf8')).toContain('\r\nTo: jörg@example.com\r\n')
    const old = await opened({ smtpUtf8: false })
    const result = await attempt({}, [{ to: 'jörg@example.com' }], old)
    expect(result).toEqual({ outcome: 'permanent', code: 'smtputf8-unsupported' })
    expect(old.messages).toHaveLength(0)
  })

  it('with a quoted local part is one recipient in the envelope and in the header', async () => {
    const message = await delivered([{ to: '"ada,lovelace"@example.com' }])
    expect(message.to).toBe('"ada,lovelace"@example.com')
    expect(headersOf(message)).toContain('To: <"ada,lovelace"@example.com>')
  })
})

describe('what is refused before a word is said', () => {
  it.each<[string, Sample]>([
    ['address-invalid', [{ to: 'ada@example.com, eve@evil.example' }]],
    ['address-invalid', [{ to: 'ada@example.com\r\nRCPT TO:<eve@evil.example>' }]],
    ['address-invalid', [{ to: 'ada@example.com> SIZE=1 <x@y.example' }]],
    ['subject-invalid', [{}, { subject: 'Hi\r\nBcc: eve@evil.example' }]],
    ['subject-invalid', [{}, { subject: 'Hi\nthere' }]],
    ['subject-invalid', [{}, { subject: 'Hi\u2028there' }]],
    ['subject-invalid', [{}, { subject: 'x'.repeat(999) }]],
    ['reply-to-invalid', [{}, { replyTo: 'a@b.example\r\nBcc: eve@evil.example' }]],
    ['reply-to-invalid', [{}, { replyTo: 'jörg@example.com' }]],
    ['header-invalid', [{}, { headers: { 'X-A': 'b\r\nBcc: eve@evil.example' } }]],
    ['header-invalid', [{}, { headers: { 'X-A: b\r\nBcc': 'eve@evil.example' } }]],
    ['header-invalid', [{}, { headers: { Bcc: 'eve@evil.example' } }]],
    ['header-invalid', [{}, { headers: { 'Content-Type': 'text/html' } }]],
    ['header-invalid', [{}, { headers: { 'X-SMTPAPI': '{}' } }]],
    ['header-invalid', [{}, { headers: { 'X-A': '1', 'x-a': '2' } }]],
    ['header-invalid', [{}, { headers: { 'X-A': ' ' } }]],
    ['header-invalid', [{}, { headers: { 'X-A': 'x'.repeat(1_000) } }]],
    ['attachment-invalid', [{}, { attachments: [{ ...PNG, contentId: 'a> \r\nX: y' }] }]],
    ['attachment-invalid', [{}, { attachments: [{ ...PNG, contentType: 'image/png\r\nX: y' }] }]],
    ['attachment-invalid', [{}, { attachments: [{ ...PNG, filename: 'a\r\nX: y' }] }]],
  ])('%s: %j', async (code, sample) => {
    const before = mailbox.connections
    expect(await attempt({}, sample)).toEqual({ outcome: 'permanent', code })
    expect(mailbox.connections).toBe(before)
  })

  it('a message for another kind of channel', async () => {
    const channel = createSendgridChannel({
      from: 'hi@pizza.example',
      smtp: { host: mailbox.host, port: mailbox.port },
    })
    const message = { ...sampleMessage(), content: { type: 'text', body: 'Hi' } as const }
    expect(await channel.send(SAMPLE_SCOPE, [message])).toEqual([
      { outcome: 'permanent', code: 'content-not-email' },
    ])
  })

  it('a message that is larger than the channel or the server takes', async () => {
    const text = 'x'.repeat(5_000)
    expect(await attempt({ maxMessageBytes: 5_000 }, [{}, { text }])).toEqual({
      outcome: 'permanent',
      code: 'message-too-large',
    })
    const small = await opened({ maxBytes: 4_000 })
    expect(await attempt({}, [{}, { text }], small)).toEqual({
      outcome: 'permanent',
      code: 'message-too-large',
    })
    expect(small.messages).toHaveLength(0)
  })
})

describe('the X-SMTPAPI header', () => {
  const ids = {
    campaignId: 'c-"ü"-1' as CampaignId,
    runId: 'r'.repeat(200) as RunId,
    deliveryId: 'd-1' as DeliveryId,
    attemptId: 'a-1' as AttemptId,
  }

  it('holds ids and nothing of the person, in ASCII, in short lines', async () => {
    const message = await delivered([{ ...ids, to: 'ada@example.com' }], { smtpApi: true })
    const line = headersOf(message).find((header) => header.startsWith('X-SMTPAPI: ')) ?? ''
    expect(line).toMatch(/^[ -~]+$/)
    expect(JSON.parse(line.slice('X-SMTPAPI: '.length))).toEqual({
      unique_args: { campaign_id: 'c-"ü"-1', run_id: ids.runId, delivery_id: 'd-1', attempt_id: 'a-1' },
      category: ['c-"ü"-1'],
      filters: {
        clicktrack: { settings: { enable: 0 } },
        opentrack: { settings: { enable: 0 } },
        subscriptiontrack: { settings: { enable: 0 } },
      },
    })
    const [head = ''] = message.raw.toString('latin1').split('\r\n\r\n')
    expect(Math.max(...head.split('\r\n').map(({ length }) => length))).toBeLessThan(300)
  })

  it('has SendGrid count what the host wants, and never what the kit counts itself', async () => {
    const wanted = { smtpApi: true, providerTracking: { clicks: true, opens: true } }
    const message = await delivered([ids, { tracked: { clicks: true, opens: false } }], wanted)
    const line = headersOf(message).find((header) => header.startsWith('X-SMTPAPI: ')) ?? ''
    expect(JSON.parse(line.slice('X-SMTPAPI: '.length)).filters).toMatchObject({
      clicktrack: { settings: { enable: 0 } },
      opentrack: { settings: { enable: 1 } },
    })
  })

  it('is not sent to servers that do not know it', async () => {
    expect(headersOf(await delivered([])).some((line) => line.startsWith('X-SMTPAPI'))).toBe(false)
  })
})

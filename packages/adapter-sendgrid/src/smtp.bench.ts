import { createTransport } from 'nodemailer'
import { afterAll, bench, describe } from 'vitest'
import { createSendgridChannel } from './channel.js'
import { SAMPLE_SCOPE, sampleMessage } from './testing/sample-message.js'
import { createSmtpMailbox, type SmtpMailbox } from './testing/smtp-mailbox.js'

const html = `<html><body>${'<p>Grüße, dear customer, this is a line of a letter.</p>\n'.repeat(160)}</body></html>`
const text = 'Grüße, dear customer, this is a line of a letter.\n'.repeat(40)
const png = new Uint8Array(900).fill(7)
const link = '<https://go.pizza.example/u/abcdefghijklmnopqrstuvwxyz>'
const MESSAGES = 100
const CONNECTIONS = 5

const STEADY = { time: 4_000, warmupIterations: 20 }

/** A mailbox that forgets, so that a long bench does not fill the memory. */
const mailbox: SmtpMailbox = await createSmtpMailbox({
  behaviour: () => ({ type: 'refuse', at: 'answer', code: 250, text: 'ok' }),
})
const server = { host: mailbox.host, port: mailbox.port }
const channel = createSendgridChannel({
  from: 'Pizzeria <hi@pizza.example>',
  smtp: server,
  connections: CONNECTIONS,
})
const transport = createTransport({ ...server, pool: true, maxConnections: CONNECTIONS })

afterAll(async () => {
  transport.close()
  await channel.close?.()
  await mailbox.close()
})

describe(`${MESSAGES} letters of 10 KB with an image over ${CONNECTIONS} connections`, () => {
  bench(
    'the channel',
    async () => {
      const message = sampleMessage(
        {},
        {
          subject: 'We miss you 🍕',
          html,
          text,
          headers: { 'List-Unsubscribe': link },
          attachments: [{ filename: 'qr.png', contentType: 'image/png', bytes: png, contentId: 'qr' }],
        },
      )
      const results = await Promise.all(
        Array.from({ length: MESSAGES }, () => channel.send(SAMPLE_SCOPE, [message])),
      )
      if (results.some(([result]) => result?.outcome !== 'accepted')) throw new Error('not accepted')
    },
    STEADY,
  )

  bench(
    'nodemailer with its own pool',
    async () => {
      const message = {
        from: 'Pizzeria <hi@pizza.example>',
        to: 'ada@example.com',
        subject: 'We miss you 🍕',
        html,
        text,
        headers: { 'List-Unsubscribe': link },
        attachments: [{ filename: 'qr.png', contentType: 'image/png', content: Buffer.from(png), cid: 'qr' }],
      }
      await Promise.all(Array.from({ length: MESSAGES }, () => transport.sendMail({ ...message })))
    },
    STEADY,
  )
})

import { createTransport } from 'nodemailer'
import { createSendgridChannel } from './channel.js'
import { SAMPLE_SCOPE, sampleMessage } from './testing/sample-message.js'
import { createSmtpMailbox } from './testing/smtp-mailbox.js'

const MESSAGES = 300
const CONNECTIONS = 5

const letter = {
  subject: 'We miss you 🍕',
  html: `<html><body>${'<p>Grüße, dear customer, this is a line of a letter.</p>\n'.repeat(160)}</body></html>`,
  text: 'Grüße, dear customer, this is a line of a letter.\n'.repeat(40),
  headers: { 'List-Unsubscribe': '<https://go.pizza.example/u/abcdefghijklmnopqrstuvwxyz>' },
}
const png = Buffer.alloc(900, 7)

function times<Result>(count: number, work: () => Promise<Result>): Promise<readonly Result[]> {
  return Promise.all(Array.from({ length: count }, work))
}

export const smtpBench = {
  stage: 'SMTP: 10 KB with an image, 5 connections',
  unit: 'message',
  bareName: 'nodemailer with its own pool',
  goal: { timesBare: 1 },
  async prepare() {
    const mailbox = await createSmtpMailbox({
      // takes the whole message and keeps none, so that a long bench does not fill the memory
      behaviour: () => ({ type: 'refuse', at: 'answer', code: 250, text: 'ok' }),
    })
    const server = { host: mailbox.host, port: mailbox.port }
    const channel = createSendgridChannel({
      from: 'Pizzeria <hi@pizza.example>',
      smtp: server,
      connections: CONNECTIONS,
    })
    const transport = createTransport({ ...server, pool: true, maxConnections: CONNECTIONS })
    const qr = { filename: 'qr.png', contentType: 'image/png' }
    return {
      ours: () => async () => {
        const message = sampleMessage(
          {},
          { ...letter, attachments: [{ ...qr, bytes: png, contentId: 'qr' }] },
        )
        const results = await times(MESSAGES, () => channel.send(SAMPLE_SCOPE, [message]))
        if (results.some(([result]) => result?.outcome !== 'accepted')) throw new Error('not accepted')
        return MESSAGES
      },
      bare: () => async () => {
        const people = { from: 'Pizzeria <hi@pizza.example>', to: 'ada@example.com' }
        const message = { ...people, ...letter, attachments: [{ ...qr, content: png, cid: 'qr' }] }
        await times(MESSAGES, () => transport.sendMail({ ...message }))
        return MESSAGES
      },
      async end() {
        transport.close()
        await channel.close?.()
        await mailbox.close()
      },
    }
  },
}

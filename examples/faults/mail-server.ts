import { createSendgridChannel } from '@campaignkit/adapter-sendgrid'
import {
  createSmtpMailbox,
  type MailboxBehaviour,
  type MailboxMessage,
} from '@campaignkit/adapter-sendgrid/testing'
import { MAIL, mailMessages } from './mail.js'
import type { Cut, CutPlan, Provider } from './provider.js'

const CUTS: Readonly<Record<Cut, MailboxBehaviour>> = {
  'before anything is taken': { type: 'drop', at: 'rcpt' },
  'in the middle of the request': { type: 'drop', at: 'body' },
  'once it is taken, before the answer': { type: 'drop', at: 'answer', keeps: true },
  'in the middle of the answer': { type: 'drop', at: 'reply' },
  'just after the answer': { type: 'drop', at: 'accepted' },
}

/** Mail over a real SMTP conversation. */
export async function openMailServer({ cut, isCut }: CutPlan): Promise<Provider> {
  const mailbox = await createSmtpMailbox({
    behaviour: ({ n }) => (cut !== null && isCut(n) ? CUTS[cut] : { type: 'accept' }),
  })
  const { host, port } = mailbox
  return {
    kind: 'email',
    channel: createSendgridChannel({ ...MAIL, smtp: { host, port }, connections: 2 }),
    messages: mailMessages(cut),
    log: async () => mailbox.messages.map((message) => ({ deliveryId: deliveryOf(message) })),
    close: () => mailbox.close(),
  }
}

/** Our Message-IDs begin with the delivery. */
function deliveryOf({ raw }: MailboxMessage): string {
  return /^Message-ID:\s+<([^.@>]+)\./im.exec(raw.toString('latin1'))?.[1] ?? ''
}

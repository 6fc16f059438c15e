import { createSmtpMailbox, type SmtpMailbox } from '@campaignkit/adapter-sendgrid/testing'
import { isClosed, isSlow } from './people.js'

/** A mail server that refuses closed mailboxes for good and some senders at first, as real ones do. */
export function openMailServer(): Promise<SmtpMailbox> {
  const tried = new Set<string>()
  return createSmtpMailbox({
    behaviour({ to }) {
      if (isClosed(to)) return { type: 'refuse', at: 'rcpt', code: 550, text: '5.1.1 No such mailbox' }
      if (isSlow(to) && !tried.has(to)) {
        tried.add(to)
        return { type: 'refuse', at: 'rcpt', code: 451, text: '4.7.1 Try again later' }
      }
      return { type: 'accept' }
    },
  })
}

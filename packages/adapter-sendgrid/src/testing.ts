/**
 * A mail server in process, for tests and demos. Needs the packages `smtp-server` and `mailparser` beside this one.
 *
 * @packageDocumentation
 */
export type { MailboxBehaviour, MailboxMoment, MailboxStep } from './testing/mailbox-behaviour.js'
export type { ReadAttachment, ReadMail } from './testing/read-mail.js'
export {
  createSmtpMailbox,
  type MailboxMessage,
  type SmtpMailbox,
  type SmtpMailboxOptions,
} from './testing/smtp-mailbox.js'

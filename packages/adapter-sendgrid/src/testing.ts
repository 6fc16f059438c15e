/**
 * A SendGrid and a mail server in process, for tests and demos. The mail server needs the packages `smtp-server` and
 * `mailparser` beside this one.
 *
 * @packageDocumentation
 */
export type { MailSendFault } from './testing/check-mail-send.js'
export type { FakeBehaviour, FakeStep } from './testing/fake-behaviour.js'
export type { FakeMessage } from './testing/fake-message.js'
export {
  createFakeSendgrid,
  type FakeRefusal,
  type FakeSendgrid,
  type FakeSendgridOptions,
} from './testing/fake-sendgrid.js'
export {
  type FakeEvent,
  type FakeEventType,
  type FakeWebhook,
  type FakeWebhookOptions,
  fakeWebhook,
  shuffledWebhooks,
} from './testing/fake-webhook.js'
export type { ReadMailSend } from './testing/mail-send-schema.js'
export type { MailboxBehaviour, MailboxMoment, MailboxStep } from './testing/mailbox-behaviour.js'
export type { ReadAttachment, ReadMail } from './testing/read-mail.js'
export {
  createSmtpMailbox,
  type MailboxMessage,
  type SmtpMailbox,
  type SmtpMailboxOptions,
} from './testing/smtp-mailbox.js'

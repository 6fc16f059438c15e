/**
 * The e-mail channel of campaignkit: SendGrid's SMTP relay, or any other SMTP server.
 *
 * @packageDocumentation
 */
export { createSendgridChannel } from './channel.js'
export type { SendgridChannelOptions, SmtpServerOptions } from './options.js'

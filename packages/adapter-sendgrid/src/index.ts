/**
 * The e-mail channel of campaignkit: SendGrid's SMTP relay or Web API, or any other SMTP server.
 *
 * @packageDocumentation
 */

export type { ApiKeys } from './accounts.js'
export { createSendgridChannel } from './channel.js'
export type { SendgridChannelOptions, SmtpServerOptions, WebApiOptions } from './options.js'
export { createSendgridReceipts, type SendgridReceiptsOptions } from './receipts/create-receipts.js'
export type { GroupTopics } from './receipts/read-event.js'
export type { Fetch, FetchInit, FetchResponse } from './web-api/post.js'
export type { RateLimitHeaders } from './web-api/rate-limit.js'

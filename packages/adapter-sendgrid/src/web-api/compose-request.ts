import type { MessageAttachment } from '@campaignkit/core/adapter'
import * as mimeFuncs from 'nodemailer/lib/mime-funcs'
import { isAscii, type Mailbox } from '../mail/mailbox.js'
import { type ProviderTracking, trackingOf } from '../mail/provider-tracking.js'
import type { MailSendAddress, MailSendAttachment, MailSendRequest, Personalization } from './mail-send.js'
import type { PlannedMail, PlannedRequest } from './plan-requests.js'

/** What every request of a channel has in common. */
export interface RequestSettings {
  readonly from: Mailbox
  /** What the host wants SendGrid to count. */
  readonly tracking: ProviderTracking
  /** Whether requests are checked, and nothing is sent. */
  readonly sandbox: boolean
}

/** Writes a request of the Web API v3. Custom arguments and categories hold ids alone. */
export function composeRequest(settings: RequestSettings, request: PlannedRequest): MailSendRequest {
  const { mails, html, text } = request
  const { content, message, replyTo } = mails[0].mail
  const attachments = content.attachments.map((file) => attachmentOf(file, html !== null))
  const { clicks, opens } = trackingOf(settings.tracking, content)
  return {
    personalizations: mails.map((planned) => personalizationOf(planned, content.subject)),
    from: addressOf(settings.from),
    ...(replyTo === null ? {} : { reply_to: addressOf(replyTo) }),
    subject: content.subject,
    content: [
      // the plain text stands first, or the request is refused; an empty one is not allowed
      ...(text === '' ? [] : [{ type: 'text/plain' as const, value: text }]),
      ...(html === null ? [] : [{ type: 'text/html' as const, value: html }]),
    ],
    ...(attachments.length === 0 ? {} : { attachments }),
    categories: [message.campaignId],
    ...(settings.sandbox ? { mail_settings: { sandbox_mode: { enable: true } } } : {}),
    tracking_settings: {
      click_tracking: { enable: clicks, enable_text: false },
      open_tracking: { enable: opens },
      subscription_tracking: { enable: false },
    },
  }
}

function personalizationOf(
  { mail: { message, content, to }, substitutions }: PlannedMail,
  sharedSubject: string,
): Personalization {
  const headers = Object.entries(content.headers).map(([name, value]) => [name, headerValue(value)])
  return {
    to: [addressOf(to)],
    ...(content.subject === sharedSubject ? {} : { subject: content.subject }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(Object.keys(substitutions).length === 0 ? {} : { substitutions }),
    custom_args: {
      campaign_id: message.campaignId,
      run_id: message.runId,
      delivery_id: message.deliveryId,
      attempt_id: message.attemptId,
    },
  }
}

/** Header values are ASCII there: encoded words as in any message (RFC 2047). */
function headerValue(value: string): string {
  return isAscii(value) ? value : mimeFuncs.encodeWords(value, 'Q', 52, true)
}

function addressOf({ name, address }: Mailbox): MailSendAddress {
  return name === '' ? { email: address } : { email: address, name }
}

function attachmentOf(file: MessageAttachment, isHtml: boolean): MailSendAttachment {
  const { filename, contentType, contentId, bytes } = file
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  const isInline = isHtml && contentId !== undefined
  return {
    content,
    type: contentType,
    filename,
    disposition: isInline ? 'inline' : 'attachment',
    ...(isInline ? { content_id: contentId } : {}),
  }
}

import { signatureOf } from '../receipts/signature.js'
import type { FakeTwilioMessage } from './fake-message.js'

/** A request of Twilio, before it is sent. */
export interface FakeWebhook {
  readonly url: string
  readonly params: Readonly<Record<string, string>>
}

/** A webhook as Twilio sends it: a form, signed over its URL and fields. */
export function webhookRequest({ url, params }: FakeWebhook, authToken: string): Request {
  const fields = new Map(Object.entries(params).map(([name, value]) => [name, [value]]))
  return new Request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': signatureOf(authToken, url, fields),
    },
    body: new URLSearchParams(params).toString(),
  })
}

/** The statuses that a message goes through after the one it was created with; that one has no callback. */
export function callbacksOf(message: FakeTwilioMessage, accountSid: string): readonly FakeWebhook[] {
  const { statusCallback: url, sid, to, from, finalStatus, errorCode, messagingServiceSid } = message
  if (url === null) return []
  const base = {
    SmsSid: sid,
    MessageSid: sid,
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    To: to,
    From: from,
    ...(messagingServiceSid === null ? {} : { MessagingServiceSid: messagingServiceSid }),
  }
  return waysTo(finalStatus, messagingServiceSid !== null).map((status) => ({
    url,
    params: {
      ...base,
      SmsStatus: status,
      MessageStatus: status,
      ...(status === finalStatus && errorCode !== null ? { ErrorCode: String(errorCode) } : {}),
    },
  }))
}

function waysTo(final: FakeTwilioMessage['finalStatus'], throughService: boolean): readonly string[] {
  const begun = throughService ? ['queued', 'sending'] : ['sending']
  switch (final) {
    case 'failed':
      return throughService ? ['queued', 'failed'] : ['failed']
    case 'sent':
      return [...begun, 'sent']
    case 'read':
      return [...begun, 'sent', 'delivered', 'read']
    default:
      return [...begun, 'sent', final]
  }
}

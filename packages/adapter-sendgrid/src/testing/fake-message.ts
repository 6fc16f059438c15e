import { createHash } from 'node:crypto'
import type { ReadMailSend } from './mail-send-schema.js'

/** A message that the fake took: what one recipient would have got. */
export interface FakeMessage {
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly html: string | null
  readonly text: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly customArgs: Readonly<Record<string, string>>
  readonly categories: readonly string[]
  readonly attachments: NonNullable<ReadMailSend['attachments']>
  /** The X-Message-Id of its request, which is in every event of the message. */
  readonly messageId: string
  /** As in events: the message id, and where SendGrid processed it. */
  readonly sgMessageId: string
  readonly smtpId: string
  /** The request that it came with, counted from 1. */
  readonly request: number
  /** Whose key it was sent with. */
  readonly apiKey: string
  /** Whether the answer to its request was begun; without it the sender is left in doubt. */
  readonly answered: boolean
}

/** The X-Message-Id of the nth request: 22 characters of base64url, as the real ones. */
export function messageIdOf(request: number): string {
  return createHash('sha256').update(`request ${request}`).digest().subarray(0, 16).toString('base64url')
}

/** The messages of a request, each as its recipient gets it. */
export function messagesOf(
  request: ReadMailSend,
  { n, apiKey, answered }: { readonly n: number; readonly apiKey: string; readonly answered: boolean },
): readonly FakeMessage[] {
  const messageId = messageIdOf(n)
  return request.personalizations.flatMap((personalization, at) => {
    const { substitutions = {}, to, cc = [], bcc = [] } = personalization
    const filled = (text: string) => substituted(text, substitutions)
    const bodyOf = (type: string) => {
      const body = request.content?.find((content) => content.type === type)?.value
      return body === undefined ? null : filled(body)
    }
    return [...to, ...cc, ...bcc].map(
      ({ email }): FakeMessage => ({
        to: email,
        from: personalization.from?.email ?? request.from.email,
        subject: filled(personalization.subject ?? request.subject ?? ''),
        html: bodyOf('text/html'),
        text: bodyOf('text/plain'),
        headers: { ...request.headers, ...personalization.headers },
        customArgs: { ...request.custom_args, ...personalization.custom_args },
        categories: request.categories ?? [],
        attachments: request.attachments ?? [],
        messageId,
        sgMessageId: `${messageId}.recvd-fake-${n}-1-${at.toString(16).toUpperCase()}.0`,
        smtpId: `<${messageId}@geopod-ismtpd-fake-0>`,
        request: n,
        apiKey,
        answered,
      }),
    )
  })
}

function substituted(text: string, substitutions: Readonly<Record<string, string>>): string {
  let filled = text
  for (const [tag, value] of Object.entries(substitutions)) filled = filled.split(tag).join(value)
  return filled
}

/** What `POST /v3/mail/send` takes, as far as it is used here. */
export interface MailSendRequest {
  readonly personalizations: readonly Personalization[]
  readonly from: MailSendAddress
  readonly reply_to?: MailSendAddress
  readonly subject: string
  readonly content: readonly { readonly type: 'text/plain' | 'text/html'; readonly value: string }[]
  readonly attachments?: readonly MailSendAttachment[]
  readonly categories: readonly string[]
  readonly mail_settings?: { readonly sandbox_mode: { readonly enable: true } }
  readonly tracking_settings: {
    readonly click_tracking: { readonly enable: boolean; readonly enable_text: boolean }
    readonly open_tracking: { readonly enable: boolean }
    readonly subscription_tracking: { readonly enable: false }
  }
}

export interface MailSendAddress {
  readonly email: string
  readonly name?: string
}

/** One message of a request: to whom, and what differs. */
export interface Personalization {
  readonly to: readonly [MailSendAddress]
  readonly subject?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly substitutions?: Readonly<Record<string, string>>
  readonly custom_args: Readonly<Record<string, string>>
}

export interface MailSendAttachment {
  /** In base64. */
  readonly content: string
  readonly type: string
  readonly filename: string
  readonly disposition: 'inline' | 'attachment'
  readonly content_id?: string
}

/** A message as a mail program reads it: everything decoded. */
export interface ReadMail {
  readonly subject: string
  /** As `Name <address>`. */
  readonly from: string
  readonly to: string
  readonly html: string | null
  readonly text: string | null
  readonly attachments: readonly ReadAttachment[]
}

/** A file in a message. */
export interface ReadAttachment {
  readonly filename: string | null
  readonly contentType: string
  /** `inline` or `attachment`. */
  readonly disposition: string | null
  /** What the html refers to it by. */
  readonly contentId: string | null
  readonly bytes: Buffer
}

let loading: Promise<typeof import('mailparser')> | null = null

/** Reads a message with a parser that had no part in writing it. */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  // a heavy parser, wanted by few: it is loaded when somebody looks, and asked for once, since loaders take their time
  loading ??= import('mailparser')
  const { simpleParser } = await loading
  const mail = await simpleParser(raw)
  return {
    subject: mail.subject ?? '',
    from: mail.from?.text ?? '',
    to: [mail.to ?? []]
      .flat()
      .map((list) => list.text)
      .join(', '),
    html: mail.html === false ? null : mail.html,
    text: mail.text ?? null,
    attachments: mail.attachments.map((file) => ({
      filename: file.filename ?? null,
      contentType: file.contentType,
      disposition: file.contentDisposition ?? null,
      contentId: file.cid ?? null,
      bytes: file.content,
    })),
  }
}

import type { MessageAttachment } from '@campaignkit/core/adapter'
import * as mimeFuncs from 'nodemailer/lib/mime-funcs'
import { quotedPrintable } from './quoted-printable.js'

/** A piece of MIME: the header lines that describe it, each ending in CRLF, and its content. */
export interface MimePart {
  readonly headers: string
  readonly content: Buffer
}

const CRLF = Buffer.from('\r\n')

/** The html and text of a message, as alternatives, with the images that the html refers to and files beside it. */
export function mimeBody(
  html: string | null,
  text: string,
  attachments: readonly MessageAttachment[],
): MimePart {
  const plain = textPart('plain', text)
  const isInline = (file: MessageAttachment) => html !== null && file.contentId !== undefined
  const files = attachments.filter((file) => !isInline(file)).map((file) => filePart(file, 'attachment'))
  const body =
    html === null ? plain : multipart('alternative', [plain, htmlPart(html, attachments.filter(isInline))])
  return files.length === 0 ? body : multipart('mixed', [body, ...files])
}

function htmlPart(html: string, images: readonly MessageAttachment[]): MimePart {
  const part = textPart('html', html)
  if (images.length === 0) return part
  return multipart(
    'related',
    [part, ...images.map((image) => filePart(image, 'inline'))],
    '; type="text/html"',
  )
}

function textPart(subtype: 'plain' | 'html', text: string): MimePart {
  const bytes = Buffer.from(text)
  // quoted-printable triples what is not ASCII, base64 adds a third to everything
  const inBase64 = bytes.length - text.length > bytes.length / 4
  return {
    headers:
      `Content-Type: text/${subtype}; charset=utf-8\r\n` +
      `Content-Transfer-Encoding: ${inBase64 ? 'base64' : 'quoted-printable'}\r\n`,
    content: inBase64 ? base64(Buffer.from(text.replaceAll(/\r\n|\r|\n/g, '\r\n'))) : quotedPrintable(bytes),
  }
}

function filePart(file: MessageAttachment, disposition: 'inline' | 'attachment'): MimePart {
  const named = mimeFuncs.buildHeaderValue({ value: disposition, params: { filename: file.filename } })
  return {
    headers:
      `Content-Type: ${file.contentType}\r\n` +
      'Content-Transfer-Encoding: base64\r\n' +
      (file.contentId === undefined ? '' : `Content-ID: <${file.contentId}>\r\n`) +
      `${mimeFuncs.foldLines(`Content-Disposition: ${named}`)}\r\n`,
    content: base64(Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength)),
  }
}

function base64(bytes: Buffer): Buffer {
  return Buffer.from(`${bytes.toString('base64').replaceAll(/.{76}(?=.)/g, '$&\r\n')}\r\n`, 'latin1')
}

/** `=_` occurs neither in quoted-printable nor in base64, so no content can end a part (RFC 2045, section 6.7). */
function multipart(
  subtype: 'alternative' | 'related' | 'mixed',
  parts: readonly MimePart[],
  more = '',
): MimePart {
  const boundary = `=_${subtype}`
  const open = `--${boundary}\r\n`
  const pieces = parts.flatMap((part) => [Buffer.from(`${open}${part.headers}\r\n`), part.content, CRLF])
  return {
    headers: `Content-Type: multipart/${subtype}; boundary="${boundary}"${more}\r\n`,
    content: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  }
}

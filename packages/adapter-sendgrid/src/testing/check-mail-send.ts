import { mailSendSchema, type ReadMailSend } from './mail-send-schema.js'

/** One fault of a request, as the Web API tells it. */
export interface MailSendFault {
  readonly message: string
  readonly field: string | null
  readonly help: string | null
}

/** A request that is taken, or all that is wrong with it. */
export type CheckedMailSend =
  | { readonly type: 'sound'; readonly request: ReadMailSend }
  | { readonly type: 'refused'; readonly faults: readonly MailSendFault[] }

const MOST_BYTES = 10_000
const MOST_RECIPIENTS = 1_000
const RESERVED_HEADERS = new Set([
  'x-sg-id',
  'x-sg-eid',
  'received',
  'dkim-signature',
  'content-type',
  'content-transfer-encoding',
  'to',
  'from',
  'subject',
  'reply-to',
  'cc',
  'bcc',
])

/** Checks a request as strictly as the real Web API, by its schema and by what its pages of errors name. */
export function checkMailSend(body: string): CheckedMailSend {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return { type: 'refused', faults: [{ message: 'Bad Request', field: null, help: null }] }
  }
  const read = mailSendSchema.safeParse(parsed)
  if (!read.success) {
    return {
      type: 'refused',
      faults: read.error.issues.map(({ message, path }) => faultAt(path.join('.'), message)),
    }
  }
  const faults = [
    ...faultsOfRecipients(read.data),
    ...faultsOfContent(read.data),
    ...faultsOfExtras(read.data),
  ]
  return faults.length === 0 ? { type: 'sound', request: read.data } : { type: 'refused', faults }
}

function faultAt(field: string, message: string): MailSendFault {
  const help = `http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message.${field}`
  return { message, field: field === '' ? null : field, help }
}

function faultsOfRecipients({ personalizations }: ReadMailSend): readonly MailSendFault[] {
  const faults: MailSendFault[] = []
  const seen = new Set<string>()
  let recipients = 0
  for (const [at, { to, cc = [], bcc = [] }] of personalizations.entries()) {
    for (const { email } of [...to, ...cc, ...bcc]) {
      recipients += 1
      const address = email.toLowerCase()
      if (seen.has(address)) {
        const message = `Each unique email address in the personalizations array should only be included once. You have included [${email}] more than once.`
        faults.push(faultAt(`personalizations.${at}`, message))
      }
      seen.add(address)
    }
  }
  if (recipients > MOST_RECIPIENTS)
    faults.push(
      faultAt('personalizations', 'There is a limit of 1000 total recipients (to + cc + bcc) per request.'),
    )
  return faults
}

function faultsOfContent({
  content = [],
  subject,
  template_id,
  personalizations,
}: ReadMailSend): readonly MailSendFault[] {
  const faults: MailSendFault[] = []
  if (template_id === undefined && content.length === 0)
    faults.push(
      faultAt('content', 'Unless a valid template_id is provided, the content parameter is required.'),
    )
  if (
    template_id === undefined &&
    subject === undefined &&
    personalizations.some((one) => one.subject === undefined)
  )
    faults.push(faultAt('subject', 'The subject is required.'))
  const types = content.map(({ type }) => type)
  const inOrder =
    types.indexOf('text/html') === -1 || types.indexOf('text/plain') <= types.indexOf('text/html')
  if (!inOrder)
    faults.push(faultAt('content', 'The text/plain content must come before the text/html content.'))
  return faults
}

function faultsOfExtras({
  personalizations,
  headers = {},
  custom_args = {},
  categories = [],
}: ReadMailSend): readonly MailSendFault[] {
  const faults = faultsOfHeaders('headers', headers)
  if (new Set(categories).size < categories.length)
    faults.push(faultAt('categories', 'You cannot have duplicate categories.'))
  for (const [at, one] of personalizations.entries()) {
    const path = `personalizations.${at}`
    faults.push(...faultsOfHeaders(`${path}.headers`, one.headers ?? {}))
    if (bytesOf({ ...custom_args, ...one.custom_args }) > MOST_BYTES)
      faults.push(
        faultAt(`${path}.custom_args`, 'The total size of custom arguments may not exceed 10000 bytes.'),
      )
    if (bytesOf(one.substitutions ?? {}) > MOST_BYTES)
      faults.push(
        faultAt(`${path}.substitutions`, 'The total size of substitutions may not exceed 10000 bytes.'),
      )
  }
  return faults
}

function faultsOfHeaders(path: string, headers: Readonly<Record<string, string>>): MailSendFault[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (RESERVED_HEADERS.has(name.toLowerCase()))
      return [faultAt(path, `The ${name} header is reserved and may not be overridden.`)]
    return /^[ -~]+$/.test(value) && /^[!-9;-~]+$/.test(name) ? [] : [faultAt(path, 'Headers must be ASCII.')]
  })
}

function bytesOf(words: Readonly<Record<string, string>>): number {
  return Buffer.byteLength(JSON.stringify(words))
}

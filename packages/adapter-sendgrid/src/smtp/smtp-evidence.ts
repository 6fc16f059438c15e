/** How far a conversation had come; `answer` begins when the end of the message has been handed to the connection. */
export type SmtpStage = 'connect' | 'tls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'answer'

/** Why a conversation ended without an answer. */
export type SmtpLoss = 'refused' | 'dns' | 'timeout' | 'closed' | 'tls' | 'certificate' | 'protocol'

/** What is known of one attempt, before anybody judges it. */
export type SmtpEvidence =
  /** The server said something: three digits and text. */
  | { readonly type: 'reply'; readonly stage: SmtpStage; readonly reply: string }
  /** The conversation ended without an answer. */
  | { readonly type: 'lost'; readonly stage: SmtpStage; readonly loss: SmtpLoss }
  /** We did not begin, as the server does not offer what the message needs. */
  | { readonly type: 'unoffered'; readonly what: 'auth' | 'smtputf8' | 'size' }

/** Where a conversation stands by our own account: nodemailer's errors do not tell a sent message from a half-sent one. */
export type SmtpPhase = 'opening' | 'envelope' | 'body' | 'answer'

const STAGE_OF_COMMAND: readonly (readonly [RegExp, SmtpStage])[] = [
  [/^(?:EHLO|HELO)/, 'connect'],
  [/^STARTTLS/, 'tls'],
  [/^AUTH/, 'auth'],
  [/^MAIL/, 'mail'],
  [/^RCPT/, 'rcpt'],
]

const STAGE_OF_PHASE: Readonly<Record<SmtpPhase, SmtpStage>> = {
  opening: 'connect',
  envelope: 'mail',
  body: 'body',
  answer: 'answer',
}

const LOSS_OF_CODE: readonly (readonly [RegExp, SmtpLoss])[] = [
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/, 'certificate'],
  [/^(?:EDNS|ENOTFOUND|EAI_AGAIN)$/, 'dns'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'refused'],
  [/^(?:ETLS|ERR_SSL_.*)$/, 'tls'],
  [/^EPROTOCOL$/, 'protocol'],
]

/** The fields of nodemailer's errors that are read. */
interface SmtpFault {
  readonly code?: unknown
  readonly originalCode?: unknown
  readonly command?: unknown
  readonly response?: unknown
}

/** What nodemailer's error tells, given how far we know the conversation to have come. */
export function evidenceOf(thrown: unknown, phase: SmtpPhase): SmtpEvidence {
  const fault: SmtpFault = typeof thrown === 'object' && thrown !== null ? thrown : {}
  const codes = [fault.originalCode, fault.code].map(String)
  if (codes.includes('EAUTH') && !isFailureReply(fault.response)) return { type: 'unoffered', what: 'auth' }
  if (codes.includes('EMESSAGE') && fault.command === 'MAIL FROM') return { type: 'unoffered', what: 'size' }
  const stage = stageOf(fault, phase)
  if (isFailureReply(fault.response)) {
    // a reply that came with the end of the connection answers we know not which command of a pipelined envelope
    const isAnswered = fault.command !== 'CONN' || phase !== 'envelope' || fault.response.startsWith('4')
    return isAnswered
      ? { type: 'reply', stage, reply: fault.response }
      : { type: 'lost', stage, loss: 'closed' }
  }
  return { type: 'lost', stage, loss: lossOf(codes) }
}

function stageOf(fault: SmtpFault, phase: SmtpPhase): SmtpStage {
  if (phase === 'body' || phase === 'answer') return STAGE_OF_PHASE[phase]
  const command = String(fault.command)
  if (command === 'DATA') return 'data'
  return STAGE_OF_COMMAND.find(([pattern]) => pattern.test(command))?.[1] ?? STAGE_OF_PHASE[phase]
}

function isFailureReply(response: unknown): response is string {
  return typeof response === 'string' && /^[45]\d\d(?:[ -]|$)/.test(response)
}

function lossOf(codes: readonly string[]): SmtpLoss {
  for (const code of codes) {
    const loss = LOSS_OF_CODE.find(([pattern]) => pattern.test(code))
    if (loss !== undefined) return loss[1]
  }
  return 'closed'
}

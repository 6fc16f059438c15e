/** Code words that e-mail channels give when no reply came, in words. */
const WITHOUT_REPLY: Readonly<Record<string, string>> = {
  refused: 'the mail server could not be reached',
  dns: 'the name of the mail server was not found',
  timeout: 'the mail server did not answer in time',
  closed: 'the mail server hung up',
  tls: 'no encrypted connection to the mail server',
  certificate: 'the certificate of the mail server is not valid',
  protocol: 'the mail server gave an answer that is not SMTP',
  'auth-unsupported': 'the mail server offers no way to sign in',
}

/**
 * Enhanced status codes without their class, subject.detail: RFC 3463, section 3; 1.10 is of RFC 7505, 7.8 of RFC 4954,
 * 7.20 to 7.26 of RFC 7372, 7.28 of the IANA registry of RFC 5248.
 */
const BY_DETAIL: Readonly<Record<string, string>> = {
  '1.1': 'no such mailbox',
  '1.2': 'no such domain',
  '1.3': 'the address is not written as an address',
  '1.4': 'the address fits several mailboxes',
  '1.6': 'the mailbox has moved',
  '1.7': 'the sender is not written as an address',
  '1.8': 'no such domain of the sender',
  '1.10': 'the domain takes no mail',
  '2.1': 'the mailbox is closed',
  '2.2': 'mailbox full',
  '2.3': 'the message is too large for the mailbox',
  '3.1': 'the mail system of the receiver is full',
  '3.2': 'the mail system of the receiver takes nothing now',
  '3.4': 'the message is too large for the mail system of the receiver',
  '4.1': 'no answer from the mail system of the receiver',
  '4.4': 'no way to the mail system of the receiver',
  '4.5': 'the mail system of the receiver is overloaded',
  '4.6': 'the message went round in circles',
  '4.7': 'not delivered in time',
  '7.1': 'refused by the rules of the receiver, often as spam',
  '7.8': 'the mail server does not know the name or password of the sender',
  '7.20': 'no signature that the receiver accepts (DKIM)',
  '7.23': 'the sender may not send for its domain (SPF)',
  '7.25': 'the sending server has no name (reverse DNS)',
  '7.26': 'the sender could not be proven (SPF, DKIM)',
  '7.28': 'too many messages at once',
}

/** Subjects of RFC 3463, section 3, for details that have no words of their own. */
const BY_SUBJECT: Readonly<Record<string, string>> = {
  1: 'something is wrong with the address',
  2: 'something is wrong with the mailbox',
  3: 'something is wrong with the mail system of the receiver',
  4: 'something is wrong on the way to the receiver',
  5: 'the mail servers did not understand each other',
  6: 'the receiver cannot read messages of this kind',
  7: 'refused for security or by the rules of the receiver',
}

/** Reply codes of RFC 5321, section 4.2.3, where no enhanced code says more. */
const BY_REPLY: Readonly<Record<string, string>> = {
  421: 'the mail server takes nothing now',
  450: 'the mailbox is busy or blocked for now',
  451: 'the mail server had a fault of its own',
  452: 'the mail server has no room',
  535: 'the mail server does not know the name or password of the sender',
  550: 'refused, mostly because there is no such mailbox',
  552: 'mailbox full, or the message is too large',
  553: 'the address is not allowed',
  554: 'refused without a reason',
}

const CODE = /^smtp-(?:(?<reply>[45]\d\d)(?:-[45]\.(?<detail>(?<subject>\d)\.\d{1,3}))?|(?<word>[a-z-]+))$/

function wordsIn(table: Readonly<Record<string, string>>, key: string | undefined): string | null {
  return key !== undefined && Object.hasOwn(table, key) ? (table[key] ?? null) : null
}

/** Why an e-mail failed, in words: `no such mailbox` for `smtp-550-5.1.1`; null for a code that is not known. */
export function smtpWords(code: string): string | null {
  const { reply, detail, subject, word } = CODE.exec(code)?.groups ?? {}
  return (
    wordsIn(BY_DETAIL, detail) ??
    wordsIn(BY_SUBJECT, subject) ??
    wordsIn(BY_REPLY, reply) ??
    wordsIn(WITHOUT_REPLY, word)
  )
}

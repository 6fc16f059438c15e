import { describe, expect, it } from 'vitest'
import { smtpWords } from './smtp-words.js'

describe('the code of an e-mail that failed', () => {
  it.each([
    ['smtp-550-5.1.1', 'no such mailbox'],
    ['smtp-552-5.2.2', 'mailbox full'],
    ['smtp-452-4.2.2', 'mailbox full'],
    ['smtp-554-5.7.1', 'refused by the rules of the receiver, often as spam'],
    ['smtp-556-5.1.10', 'the domain takes no mail'],
    ['smtp-timeout', 'the mail server did not answer in time'],
    ['smtp-auth-unsupported', 'the mail server offers no way to sign in'],
  ])('%s says: %s', (code, words) => {
    expect(smtpWords(code)).toBe(words)
  })

  it('is told by its subject when the detail is not known, and by the reply when there is no more', () => {
    expect(smtpWords('smtp-550-5.1.99')).toBe('something is wrong with the address')
    expect(smtpWords('smtp-550-5.0.0')).toBe('refused, mostly because there is no such mailbox')
    expect(smtpWords('smtp-550')).toBe('refused, mostly because there is no such mailbox')
  })

  it.each([
    '',
    'smtp-',
    'smtp-599',
    'smtp-250-2.1.1',
    'smtp-constructor',
    'smtp-to-string',
    'xsmtp-550-5.1.1',
    'smtp-550-5.1.1\n',
    'smtp-550-5.1.1 no such user <i>x</i>',
    'SMTP-550',
    '__proto__',
  ])('has no words when it is %j', (code) => {
    expect(smtpWords(code)).toBeNull()
  })
})

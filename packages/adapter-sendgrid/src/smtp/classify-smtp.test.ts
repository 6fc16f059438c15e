import { describe, expect, it } from 'vitest'
import { classifySmtp } from './classify-smtp.js'
import type { SmtpStage } from './smtp-evidence.js'

const judge = (stage: SmtpStage, reply: string) => classifySmtp({ type: 'reply', stage, reply })

describe('a reply', () => {
  it.each<[SmtpStage, string, string, object?]>([
    ['connect', '421 4.7.0 too many connections', 'throttled', { retryAfterMs: 60_000 }],
    ['connect', '421 shutting down', 'transient'],
    ['connect', '554 5.7.1 your address is blocked', 'misconfigured'],
    ['tls', '454 4.7.0 TLS not available', 'transient'],
    ['tls', '502 not implemented', 'misconfigured'],
    ['auth', '454 4.7.0 temporary failure', 'transient'],
    ['auth', '451 Authentication failed: Maximum credits exceeded', 'misconfigured'],
    ['auth', '535 5.7.8 bad credentials', 'misconfigured'],
    ['mail', '530 5.7.0 authentication required', 'misconfigured'],
    ['mail', '503 must authenticate first', 'misconfigured'],
    ['mail', '503 5.5.1 nested MAIL', 'transient'],
    ['mail', '550 5.7.60 send as denied', 'misconfigured'],
    ['mail', '550 5.1.1 unknown user', 'misconfigured'],
    ['mail', '552 5.3.4 too big', 'permanent'],
    ['mail', '451 4.7.1 hourly limit reached', 'throttled'],
    ['rcpt', '450 4.2.1 receiving mail at a rate too fast', 'transient'],
    ['rcpt', '452 4.2.2 over quota', 'transient'],
    ['rcpt', '450 4.7.1 greylisted, too many attempts', 'transient'],
    ['rcpt', '421 4.7.28 unusual', 'throttled'],
    ['rcpt', '450-4.7.1 slow\r\n450 4.7.1 down, try again in 90 seconds', 'throttled'],
    ['rcpt', '451 rate limited, retry after 2h', 'throttled', { retryAfterMs: 7_200_000 }],
    ['rcpt', '451 rate limited, wait for 45 min', 'throttled', { retryAfterMs: 2_700_000 }],
    ['rcpt', '451 rate limited, retry in 0 seconds', 'throttled', { retryAfterMs: 60_000 }],
    ['rcpt', '550 5.1.1 no such user', 'permanent', { suppress: true }],
    ['rcpt', '550 5.1.2 no such host', 'permanent', { suppress: true }],
    ['rcpt', '553 5.1.3 bad syntax', 'permanent', { suppress: true }],
    ['rcpt', '550 5.1.10 not found', 'permanent', { suppress: true }],
    ['rcpt', '550 5.2.1 disabled', 'permanent', { suppress: true }],
    ['rcpt', '550 No such user here', 'permanent', { suppress: true }],
    ['rcpt', '550 <ada@example.com>: mailbox does not exist', 'permanent', { suppress: true }],
    ['rcpt', '550 denied', 'permanent'],
    ['rcpt', '550 5.7.1 user unknown to our policy', 'permanent'],
    ['rcpt', '550 4.1.1 contradicts itself', 'permanent', { code: 'smtp-550' }],
    ['rcpt', '552 5.2.2 mailbox full', 'permanent', { code: 'smtp-552-5.2.2' }],
    ['rcpt', '553 5.6.7 needs SMTPUTF8', 'permanent', { code: 'smtputf8-unsupported' }],
    ['rcpt', '554 5.7.1 relaying denied', 'misconfigured'],
    ['rcpt', '550 unable to relay', 'misconfigured'],
    ['data', '554 5.5.1 no valid recipients', 'permanent'],
    ['answer', '552 5.3.4 message too big', 'permanent'],
    ['answer', '554 5.7.1 spam', 'permanent'],
    ['answer', '550 The from address does not match a verified Sender Identity', 'misconfigured'],
    ['answer', '451 4.3.0 try later', 'transient'],
    ['body', '399 hm', 'transient'],
    ['answer', '399 hm', 'unknown'],
  ])('at %s, %s: %s', (stage, reply, outcome, more = {}) => {
    const result = judge(stage, reply)
    expect(result).toMatchObject({ outcome, ...more })
    expect('suppress' in result).toBe('suppress' in more)
  })

  it('is told by its codes alone, never by its text', () => {
    const replies = [
      '550 5.1.1 <ada@example.com> unknown',
      '451 ada@example.com',
      '550 5.1.1.ada@example.com',
    ]
    expect(replies.map((reply) => judge('rcpt', reply))).toMatchObject([
      { code: 'smtp-550-5.1.1' },
      { code: 'smtp-451' },
      { code: 'smtp-550' },
    ])
  })

  it('of a megabyte is judged at once', () => {
    const hostile = `550 ${'user address '.repeat(80_000)}`
    expect(judge('rcpt', hostile)).toEqual({ outcome: 'permanent', code: 'smtp-550' })
  })
})

describe('silence', () => {
  it('leaves a message in doubt only when it was out of our hands', () => {
    const stages: readonly SmtpStage[] = ['connect', 'tls', 'auth', 'mail', 'rcpt', 'data', 'body', 'answer']
    const outcomes = stages.map((stage) => classifySmtp({ type: 'lost', stage, loss: 'timeout' }).outcome)
    expect(outcomes).toEqual([...Array(7).fill('transient'), 'unknown'])
  })

  it('for want of a certificate is for the host to mend', () => {
    expect(classifySmtp({ type: 'lost', stage: 'tls', loss: 'certificate' })).toEqual({
      outcome: 'misconfigured',
      code: 'smtp-certificate',
    })
  })
})

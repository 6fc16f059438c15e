import { describe, expect, it } from 'vitest'
import { evidenceOf } from './smtp-evidence.js'

describe('evidence of an error', () => {
  it.each([
    [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }, 'refused'],
    [{ code: 'EDNS', command: 'CONN' }, 'dns'],
    [{ code: 'ETIMEDOUT', command: 'CONN' }, 'timeout'],
    [{ code: 'ESOCKET', originalCode: 'ECONNRESET', command: 'CONN' }, 'closed'],
    [{ code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED', command: 'CONN' }, 'certificate'],
    [{ code: 'ETLS', command: 'CONN' }, 'tls'],
    [{ code: 'EPROTOCOL', response: '250 ok', command: 'CONN' }, 'protocol'],
    ['not even an object', 'closed'],
    [null, 'closed'],
  ])('%o tells of %s', (thrown, loss) => {
    expect(evidenceOf(thrown, 'opening')).toEqual({ type: 'lost', stage: 'connect', loss })
    expect(evidenceOf(thrown, 'answer')).toMatchObject({ type: 'lost', stage: 'answer' })
  })

  it.each([
    ['EHLO', 'connect'],
    ['STARTTLS', 'tls'],
    ['AUTH PLAIN', 'auth'],
    ['MAIL FROM', 'mail'],
    ['RCPT TO', 'rcpt'],
    ['DATA', 'data'],
  ])('after %s stands at %s', (command, stage) => {
    const thrown = { code: 'EENVELOPE', command, response: '451 later' }
    expect(evidenceOf(thrown, 'envelope')).toEqual({ type: 'reply', stage, reply: '451 later' })
  })

  it('trusts our own account of the phase over the name of the command', () => {
    const thrown = { code: 'EMESSAGE', command: 'DATA', response: '554 no' }
    expect(evidenceOf(thrown, 'answer')).toEqual({ type: 'reply', stage: 'answer', reply: '554 no' })
  })

  it('takes a 421 that ends the connection for an answer, and no other stray refusal', () => {
    const stray = (response: string) =>
      evidenceOf({ code: 'ECONNECTION', command: 'CONN', response }, 'envelope')
    expect(stray('421 closing')).toEqual({ type: 'reply', stage: 'mail', reply: '421 closing' })
    expect(stray('550 5.1.1 no')).toEqual({ type: 'lost', stage: 'mail', loss: 'closed' })
  })
})

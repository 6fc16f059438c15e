import { isCampaignKitError } from '@campaignkit/core/adapter'
import { describe, expect, it } from 'vitest'
import {
  brokenConstraint,
  isReadOnly,
  isUnknownStatement,
  meaningOf,
  storageFailed,
  TryAgain,
} from './failures.js'

const failure = (code: string, more: object = {}) => Object.assign(new Error('no'), { code, ...more })

describe('what a database says', () => {
  it('of another transaction is tried again at once', () => {
    for (const code of ['40001', '40P01', '55P03', '23514', '26000', '42P05']) {
      expect(meaningOf(failure(code))).toEqual({ again: 'atOnce', retry: 'later' })
    }
    expect(meaningOf(new TryAgain()).again).toBe('atOnce')
  })

  it('of a statement that was made ready and is gone, or out of date, is tried again without', () => {
    const codes = ['26000', '42P05', '0A000', '40001']
    expect(codes.map((code) => isUnknownStatement(failure(code)))).toEqual([true, true, true, false])
    expect(meaningOf(failure('0A000'))).toEqual({ again: 'atOnce', retry: 'never' })
  })

  it('of a database that is away is tried again when it may be back', () => {
    for (const code of [
      '57P01',
      '57P03',
      '57P05',
      '25P03',
      '25006',
      '08006',
      '08P01',
      'ECONNRESET',
      'ECONNREFUSED',
      'EAI_AGAIN',
    ]) {
      expect(meaningOf(failure(code))).toEqual({ again: 'whenBack', retry: 'later' })
    }
    expect(meaningOf(new Error('Connection terminated unexpectedly')).again).toBe('whenBack')
    expect([isReadOnly(failure('25006')), isReadOnly(failure('57P01'))]).toEqual([true, false])
  })

  it('of a time limit, of what it lacks or of a full pool is for a later try, not for this one', () => {
    for (const code of ['57014', '53100', '53300', '58030']) {
      expect(meaningOf(failure(code))).toEqual({ again: 'no', retry: 'later' })
    }
    const full = new Error('Knex: Timeout acquiring a connection. The pool is probably full.')
    expect(meaningOf(full)).toEqual({ again: 'no', retry: 'later' })
  })

  it('of a wrong statement is never tried again', () => {
    const check = failure('23514', { constraint: 'ledger_accounts_check' })
    for (const thrown of [
      failure('42P01'),
      failure('23505'),
      check,
      new Error('no'),
      'no',
      null,
      { code: 7 },
    ]) {
      expect(meaningOf(thrown)).toEqual({ again: 'no', retry: 'never' })
    }
  })

  it('names the constraint that was broken', () => {
    expect(brokenConstraint(failure('23505', { constraint: 'campaigns_name' }))).toBe('campaigns_name')
    expect(brokenConstraint(failure('23505'))).toBeNull()
    expect(brokenConstraint(failure('40001', { constraint: 'campaigns_name' }))).toBeNull()
  })

  it('becomes an error of the kit with the state, and its own words behind it', () => {
    const said = failure('53300')
    const told = storageFailed(said)
    expect(isCampaignKitError(told, 'STORAGE_FAILED')).toBe(true)
    expect(told).toMatchObject({ details: { state: '53300' }, retry: 'later', cause: said })
    expect(storageFailed(new Error('no')).details).toEqual({})
  })

  it('of a table or a schema that is not there names the call that makes them', () => {
    for (const code of ['42P01', '3F000'])
      expect(storageFailed(failure(code)).message).toContain('storage.migrate()')
    expect(storageFailed(failure('42703')).message).not.toContain('storage.migrate()')
  })

  it('of a lacking right, or of what stands in the way of a rollback, has words of its own', () => {
    const messages = ['42501', '2BP01', '42703'].map((code) => storageFailed(failure(code)).message)
    expect(new Set(messages).size).toBe(3)
  })
})

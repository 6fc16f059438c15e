import { describe, expect, it } from 'vitest'
import { EXCLUSION_CODES, EXCLUSIONS, SKIPS } from './exclusion.js'

describe('Exclusion codes', () => {
  it('stand in the order in which the gates ask', () => {
    expect(EXCLUSION_CODES).toEqual([
      'notEligible',
      'eligibilityUnknown',
      'globalHoldout',
      'otherCampaign',
      'erased',
      'noAddress',
      'invalidAddress',
      'suppressed',
      'noConsent',
      'consentDenied',
      'frequencyCap',
      'duplicateAddress',
    ])
  })

  it('are all skip codes, each with its words', () => {
    expect(SKIPS).toMatchObject(EXCLUSIONS)
    expect(Object.values(SKIPS).every((words) => /\S/.test(words))).toBe(true)
  })
})

/** Why a matched customer is not a recipient, in the order in which the gates ask, with the words for a report. */
export const EXCLUSIONS = {
  notEligible: 'an external rule says no',
  eligibilityUnknown: 'an external rule gave no answer',
  globalHoldout: 'held out of every campaign',
  otherCampaign: 'set aside for other campaigns of its exclusion group',
  erased: 'asked to be forgotten',
  noAddress: 'no address for the channel',
  invalidAddress: 'the address cannot be written to',
  suppressed: 'the address must never be written to again',
  noConsent: 'never allowed this channel for this topic',
  consentDenied: 'refused this channel for this topic',
  frequencyCap: 'heard from us often enough',
  duplicateAddress: 'another customer with the same address gets it',
} as const

/** One code of {@link EXCLUSIONS}. */
export type ExclusionCode = keyof typeof EXCLUSIONS

/** The codes in the order in which the gates ask. */
export const EXCLUSION_CODES = Object.keys(EXCLUSIONS) as readonly ExclusionCode[]

/** Why a delivery was not attempted although its member was frozen; the exclusions and what ends a campaign. */
export const SKIPS = {
  ...EXCLUSIONS,
  campaignEnded: 'the end date of the campaign had come',
  expired: 'the message had outlived its time to live',
  budget: 'the budget was spent',
  deliveredBefore: 'an earlier channel had brought it by then',
  couponExpired: 'the coupon that an earlier channel had brought was no longer valid',
} as const

export type SkipCode = keyof typeof SKIPS

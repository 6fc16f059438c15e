/** What an error of Twilio means for one message. */
export type ErrorMeaning =
  /** Not sent; a later try may work. */
  | 'transient'
  /** Not sent, and no try will work. */
  | 'permanent'
  /** The number can never get messages. */
  | 'deadAddress'
  /** Its owner told Twilio to stop. */
  | 'optedOut'
  /** The account or sender is too fast. */
  | 'throttled'
  /** Account, sender or configuration is refused; no message would go out. */
  | 'misconfigured'
  /** Nobody can tell whether it was sent. */
  | 'unknown'

/**
 * Codes of Twilio's Error and Warning Dictionary (https://www.twilio.com/docs/api/errors) by what they mean here. The same
 * code may come with the answer to a create or, a while later, with a status callback.
 */
const CODES: Readonly<Record<ErrorMeaning, readonly number[]>> = {
  transient: [
    20_503, // service unavailable: Twilio asks to try again
    21_730, // maintenance: Twilio asks to try again
    30_003, // unreachable destination handset: switched off or out of reach
    30_008, // unknown error of the carrier
    30_017, // carrier network congestion
    30_500, // internal failure
    63_005, // the channel did not accept the content just now
    63_012, // the channel's own internal error
  ],
  permanent: [
    21_214, // cannot be reached
    21_408, // permission for the region is not enabled: other regions are
    21_602, // body required
    21_612, // not reachable from this sender
    21_617, // longer than 1,600 characters
    21_619, // body or media or content required
    21_654, // ContentSid required
    21_655, // ContentSid invalid
    21_656, // ContentVariables invalid
    21_910, // From and To of different channels
    30_004, // message blocked
    30_007, // filtered by the carrier
    30_011, // MMS not supported by the number
    30_010, // dearer than MaxPrice
    30_019, // content too large
    30_022, // US A2P 10DLC limit of the campaign
    30_036, // validity period expired in Twilio's queue
    30_410, // provider timeout
    30_453, // held back as a likely fraud
    63_013, // against the channel's policy
    63_016, // free text outside of the 24-hour window
    63_021, // content that the channel refuses
    63_027, // template does not exist
    63_028, // number of template parameters
    63_032, // limited by the channel for this user
    63_049, // WhatsApp chose not to deliver a marketing message
    63_051, // sender locked for this user
    90_007, // validity period out of range
  ],
  deadAddress: [
    21_211, // not a valid number
    21_217, // not a valid number
    21_265, // a short code
    21_614, // not a mobile number
    21_635, // a landline
    30_005, // unknown destination handset
    30_006, // landline or unreachable carrier
    63_003, // channel could not find the address
    63_024, // invalid recipient of the channel
  ],
  optedOut: [
    21_610, // unsubscribed
    63_014, // blocked by the user
  ],
  throttled: [
    14_107, // send rate limit exceeded
    20_429, // too many requests
    21_611, // the sender's queue is full
    30_001, // queue overflow
    63_017, // rate limit of the account
    63_018, // rate limit of the channel
    63_038, // messages a day of the account
  ],
  misconfigured: [
    20_003, // authentication
    20_005, // account not active
    20_006, // access denied
    20_008, // test credentials
    20_404, // account or service not found
    21_212, // From is not a number
    21_601, // From cannot send
    21_603, // From required
    21_606, // From is not of this account or cannot send
    21_608, // trial account: the number is not verified
    21_609, // invalid status callback
    21_659, // From is not a Twilio number
    21_660, // From is of another account
    21_661, // From cannot send SMS
    21_701, // Messaging Service does not exist
    21_702, // Messaging Service without a sender
    21_703, // no sender of the Messaging Service is available
    21_704, // Messaging Service without phone numbers
    21_705, // Messaging Service invalid
    30_002, // account suspended
    30_032, // toll-free number not verified
    30_033, // A2P campaign suspended
    30_034, // number not registered for A2P 10DLC
    63_002, // channel could not find the From address
    63_007, // no channel of the account has the From address
    63_008, // channel of the account
    63_010, // channel account
    63_020, // Meta account needs attention
    63_033, // terms of the channel
    90_010, // account not active
  ],
  unknown: [
    20_500, // internal server error: a second create may send twice, says Twilio
  ],
}

const MEANINGS: ReadonlyMap<number, ErrorMeaning> = new Map(
  Object.entries(CODES).flatMap(([meaning, codes]) =>
    codes.map((code): [number, ErrorMeaning] => [code, meaning as ErrorMeaning]),
  ),
)

/** What a code of the dictionary means; null when the table does not have it. */
export function meaningOf(code: number): ErrorMeaning | null {
  return MEANINGS.get(code) ?? null
}

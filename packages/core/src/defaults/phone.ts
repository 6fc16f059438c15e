import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { CampaignKitError } from '../base/error.js'
import type { Phone } from '../ports/phone.js'

/** What a person may write: longer texts hold more than a phone number. */
const MOST_CHARACTERS = 64

/**
 * Reads phone numbers by Google's numbering plans (libphonenumber-js, its smallest metadata: whether a number is
 * possible is judged by its length). The whole text must be a number, blanks around it and full-width forms aside; one
 * with an extension has no E.164 form.
 *
 * @throws INVALID_INPUT (from `toE164`) when the region is not an ISO 3166 country in capitals with a numbering plan
 */
export function createPhone(): Phone {
  return {
    toE164(text, region) {
      if (region !== null && !isSupportedCountry(region)) {
        throw new CampaignKitError('INVALID_INPUT', 'A region is an ISO 3166 country such as IT', {
          path: 'region',
        })
      }
      if (text.length > MOST_CHARACTERS) return null
      const number = parsePhoneNumberFromString(text.normalize('NFKC').trim(), {
        extract: false,
        ...(region === null ? {} : { defaultCountry: region }),
      })
      return number !== undefined && number.ext === undefined && number.isPossible() ? number.number : null
    },
  }
}

import { CampaignKitError } from '../base/error.js'

/** Rows that one call may write at once. */
const MOST_ROWS = 10_000

/** @throws INVALID_INPUT when what should be a list is none or has more than 10,000 items */
export function refuseTooMany(list: readonly unknown[]): void {
  if (Array.isArray(list) && list.length <= MOST_ROWS) return
  throw new CampaignKitError('INVALID_INPUT', `expected a list of at most ${MOST_ROWS} items`, { path: '' })
}

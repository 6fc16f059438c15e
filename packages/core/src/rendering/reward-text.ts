import { assertNever } from '../base/assert-never.js'
import type { Reward } from '../model/coupon.js'
import { memoized } from './memo.js'

const numberIn = memoized((key) => {
  const [locale = 'en', digits] = key.split(' ')
  const fraction =
    digits === undefined
      ? {}
      : { minimumFractionDigits: Number(digits), maximumFractionDigits: Number(digits) }
  return new Intl.NumberFormat([locale, 'en'], fraction)
})

/** How many digits of a currency are behind the point. */
const digitsOf = memoized((currency) => {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return maximumFractionDigits
})

/** A reward as people read it, numbers as the locale writes them: `30 %`, `5.00 EUR`, or the item's own name. */
export function rewardText(reward: Reward, locale: string): string {
  switch (reward.kind) {
    case 'percent':
      return `${numberIn(locale).format(reward.value)} %`
    case 'amount': {
      const digits = digitsOf(reward.currency)
      return `${numberIn(`${locale} ${digits}`).format(reward.amountMinor / 10 ** digits)} ${reward.currency}`
    }
    case 'item':
      return reward.item
    default:
      return assertNever(reward)
  }
}

/** The reward's figure: percents, an amount in major units, or the item. */
export function rewardValue(reward: Reward): number | string {
  switch (reward.kind) {
    case 'percent':
      return reward.value
    case 'amount':
      return reward.amountMinor / 10 ** digitsOf(reward.currency)
    case 'item':
      return reward.item
    default:
      return assertNever(reward)
  }
}

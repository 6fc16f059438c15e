import { assertNever } from '../base/assert-never.js'
import { minorDigitsOf } from '../base/money.js'
import type { Reward } from '../model/coupon.js'
import { memoized } from './memo.js'

const percentIn = memoized(
  (locale) => new Intl.NumberFormat([locale, 'en'], { style: 'percent', maximumFractionDigits: 3 }),
)

const amountIn = memoized((key) => {
  const [locale = 'en', digits] = key.split(' ')
  const fraction = { minimumFractionDigits: Number(digits), maximumFractionDigits: Number(digits) }
  return new Intl.NumberFormat([locale, 'en'], fraction)
})

/** A reward as people read it, percents and numbers as the locale writes them: `30%`, `5.00 EUR`, or the item's own name. */
export function rewardText(reward: Reward, locale: string): string {
  switch (reward.kind) {
    case 'percent':
      return percentIn(locale).format(reward.value / 100)
    case 'amount': {
      const digits = minorDigitsOf(reward.currency)
      return `${amountIn(`${locale} ${digits}`).format(reward.amountMinor / 10 ** digits)} ${reward.currency}`
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
      return reward.amountMinor / 10 ** minorDigitsOf(reward.currency)
    case 'item':
      return reward.item
    default:
      return assertNever(reward)
  }
}

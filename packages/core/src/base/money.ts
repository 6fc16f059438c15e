/** An amount in the smallest unit of its currency. */
export interface Money {
  /** Whole minor units (cents), negative for a reversal. */
  readonly amountMinor: number
  /** ISO 4217 code in capitals, such as `EUR`. */
  readonly currency: string
}

/** How many micro units make one minor unit: costs below a cent are counted in these. */
export const MICROS_PER_MINOR = 1_000_000

/** Rounds micro units to minor units, halves away from zero. */
export function minorFromMicros(micros: number): number {
  return Math.sign(micros) * Math.round(Math.abs(micros) / MICROS_PER_MINOR)
}

const MINOR_DIGITS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
    .split(' ')
    .map((currency) => [currency, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((currency) => [currency, 3] as const),
  ...'CLF UYW'.split(' ').map((currency) => [currency, 4] as const),
])

/**
 * How many digits of an amount stand behind the decimal mark: 2 unless ISO 4217, list one, says otherwise. Not those
 * of `Intl`, which differ among runtimes and follow the use of cash.
 *
 * @param currency - ISO 4217 code in capitals
 */
export function minorDigitsOf(currency: string): number {
  return MINOR_DIGITS.get(currency) ?? 2
}

import { continuedFraction } from './continued-fraction.js'
import { logGammaRise } from './log-gamma.js'
import { logGammaOfNext } from './log-gamma-series.js'
import type { SharePoint } from './share-point.js'

/** I_x(a, b) over x^a y^b / (a B(a, b)): a series of positive terms (Abramowitz and Stegun, 26.5.4). */
export function betaSeries(a: number, b: number, x: number): number {
  let term = 1
  let total = 1
  for (let n = 0; term > total * 1e-17; n += 1) {
    term *= ((a + b + n) / (a + 1 + n)) * x
    total += term
  }
  return total
}

/**
 * I_x(a, b) over x^a y^b / B(a, b) for an x below a / (a + b): the continued fraction of Didonato and Morris (1992,
 * "Algorithm 708", equation 9).
 */
export function betaFraction(a: number, b: number, { x, y, excess }: SharePoint): number {
  const numerator = (n: number) => {
    const odd = a + 2 * n - 1
    return ((a + n - 1) / odd) * ((a + b + n - 1) / odd) * n * (b - n) * x * x
  }
  const denominator = (n: number) => {
    const even = n === 0 ? 0 : n + (n * (b - n) * x) / (a + 2 * n - 1)
    return even + ((a + n) / (a + 2 * n + 1)) * (excess + 1 + n * (1 + y))
  }
  return 1 / continuedFraction(numerator, denominator)
}

/** 1 - I_x(a, b) for an a below 1 and an x no larger than 1 and 1 / b, where I may be near 1. */
export function betaUpperNearZero(a: number, b: number, x: number): number {
  const logScale = a * Math.log(x) - logGammaOfNext(a) + logGammaRise(b, a)
  let term = 1
  let total = 0
  for (let k = 1; Math.abs(term) > 1e-18; k += 1) {
    term *= ((k - b) / k) * x
    total += term / (a + k)
  }
  return -Math.expm1(logScale) - Math.exp(logScale) * a * total
}

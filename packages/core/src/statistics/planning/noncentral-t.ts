import { normalUpperTail } from '../special/normal-tail.js'

/** Logarithms of the density that still count: e^-45 is 3e-20. */
const LEAST_LOG = -45
/** Points of the grid for each standard deviation of ln s, and at least as many for each unit. */
const POINTS_A_DEVIATION = 8
const POINTS_A_UNIT = 32

/**
 * P(T > t) for the noncentral t distribution: over s, the root of chi-square / df, the mean of P(Z > t s - centre)
 * (Owen 1968, "A survey of properties and applications of the noncentral t-distribution", eq. 1.1). The trapezoidal
 * rule in ln s, whose density falls off at both ends, is exact to rounding: absolute error some 1e-15.
 */
export function noncentralTUpperTail(t: number, df: number, centre: number): number {
  const step = 1 / Math.max(POINTS_A_UNIT, POINTS_A_DEVIATION * Math.sqrt(2 * df))
  const logDensity = (x: number) => df * (x - Math.expm1(2 * x) / 2)
  let [tail, total] = [0, 0]
  const addUntilSmall = (from: number, by: number) => {
    for (let x = from; logDensity(x) > LEAST_LOG; x += by) {
      const density = Math.exp(logDensity(x))
      total += density
      tail += density * normalUpperTail(t * Math.exp(x) - centre)
    }
  }
  addUntilSmall(0, step)
  addUntilSmall(-step, -step)
  return tail / total
}

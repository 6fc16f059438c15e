/**
 * u - ln(1 + u) by the series of ln(1 + u) in r = u / (2 + u) (Abramowitz and Stegun, 4.1.27), whose linear part is
 * taken out exactly, so that nothing cancels; of use while |r| is below some 2/3.
 */
export function linearMinusLogSeries(u: number): number {
  const r = u / (2 + u)
  const square = r * r
  let total = 0
  let power = square
  for (let odd = 3; power > odd * total * 1e-17; odd += 2) {
    total += power / odd
    power *= square
  }
  return r * (u - 2 * total)
}

/** u - ln(1 + u) for `u > -1`, never negative, without cancellation near 0. */
export function linearMinusLog(u: number): number {
  return u > -0.5 && u < 1 ? linearMinusLogSeries(u) : u - Math.log1p(u)
}

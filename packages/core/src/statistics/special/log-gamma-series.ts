/** 1 minus Euler's constant, then (-1)^k (zeta(k) - 1) / k from k = 2 (Abramowitz and Stegun, 6.1.33). */
const COEFFICIENTS = [
  0.42278433509846713, 0.3224670334241132, -0.06735230105319809, 0.020580808427784546, -0.007385551028673986,
  0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939,
  9.945751278180853e-5, -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6,
  4.374866789907488e-6, -2.039215753801366e-6, 9.55141213040742e-7, -4.492469198764566e-7,
  2.1207184805554667e-7, -1.00432248239681e-7, 4.7698101693639804e-8, -2.2711094608943164e-8,
  1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9,
  5.731367241678862e-10, -2.7595228851242334e-10, 1.330476437424449e-10, -6.4229645638381e-11,
]

/** ln Gamma(2 + e) for `|e| <= 0.5`, by its Taylor series: relative error a few roundings, also near 0. */
export function logGammaNearTwo(e: number): number {
  return e * COEFFICIENTS.reduceRight((sum, coefficient) => sum * e + coefficient, 0)
}

/** ln Gamma(1 + e) for `|e| <= 0.5`, with all digits near 0. */
export function logGammaNearOne(e: number): number {
  return logGammaNearTwo(e) - Math.log1p(e)
}

/** ln Gamma(x + 1) for `0 <= x <= 1.5`, with all digits near its zeros 0 and 1. */
export function logGammaOfNext(x: number): number {
  return x <= 0.5 ? logGammaNearOne(x) : logGammaNearTwo(x - 1)
}

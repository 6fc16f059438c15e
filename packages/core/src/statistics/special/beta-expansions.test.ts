import { expect, it } from 'vitest'
import { regularizedBeta } from './regularized-beta.js'

it('the fraction of the incomplete beta function has a first term for parameters of 1', () => {
  // I_x(1, 1) = x; I_x(1, 1/2) = 1 - sqrt(1 - x)
  expect(regularizedBeta(1, 1, 0.5)).toMatchObject({ lower: 0.5, upper: 0.5 })
  expect(regularizedBeta(1, 1, 0.75).lower).toBeCloseTo(0.75, 14)
  expect(regularizedBeta(1, 0.5, 0.75).lower).toBeCloseTo(0.5, 14)
  expect(regularizedBeta(1, 0.5, 0.19).lower).toBeCloseTo(0.1, 14)
})

import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../model/verdict.js'
import type { Proportion } from '../checks.js'
import { compareProportions } from './compare-proportions.js'
import { newcombeInterval } from './difference.js'
import { fisherExact } from './fisher.js'
import { liftInterval } from './lift.js'
import { pooledZTest } from './pooled-z.js'
import { wilsonInterval } from './wilson.js'

const of = (successes: number, trials: number): Proportion => ({ successes, trials })

function expectInterval(estimate: Estimate | null, value: number, low: number, high: number): void {
  if (estimate === null) throw new Error('expected an interval')
  expect(estimate.value).toBeCloseTo(value, 12)
  for (const [got, wanted] of [
    [estimate.low, low],
    [estimate.high, high],
  ] as const) {
    expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-12 * Math.abs(wanted))
  }
}

// Every figure below was computed with Python: intervals and z with decimal at 400 digits from the published formulas,
// Fisher's test with fractions from binomial coefficients. The first rows are those of Newcombe's tables of 1998.

describe('the interval of a proportion', () => {
  it.each([
    [81, 263, 0.95, 0.2552885198782742, 0.36620957698280004],
    [15, 148, 0.95, 0.062386399530736276, 0.16048724172330803],
    [0, 20, 0.95, 0, 0.16112515805281938],
    [1, 29, 0.95, 0.00611321429276266, 0.17175521879320288],
    [29, 29, 0.99, 0.813809012123496, 1],
    [1, 1e9, 0.9, 2.230922207697331e-10, 4.482451220594629e-9],
    [999_999, 1e6, 0.95, 0.9999943350881957, 0.9999998234754233],
  ])('of %d in %d at %d is that of Wilson', (successes, trials, confidence, low, high) => {
    expectInterval(wilsonInterval(successes, trials, confidence), successes / trials, low, high)
  })

  it.each([
    [1, 0, 0.95, 'trials'],
    [1, 2.5, 0.95, 'trials'],
    [1, Number.POSITIVE_INFINITY, 0.95, 'trials'],
    [-1, 2, 0.95, 'successes'],
    [3, 2, 0.95, 'successes'],
    [Number.NaN, 2, 0.95, 'successes'],
    [1, 2, 0, 'confidence'],
    [1, 2, 1, 'confidence'],
    [1, 2, Number.NaN, 'confidence'],
  ])('of %d in %d at %d is refused with path %4$s', (successes, trials, confidence, path) => {
    expect(() => wilsonInterval(successes, trials, confidence)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    )
  })
})

describe('the interval of a difference', () => {
  it.each([
    [56, 70, 48, 80, 0.05243147240236488, 0.33387265403690597],
    [9, 10, 3, 10, 0.17052272393450288, 0.809017973535488],
    [6, 7, 2, 7, 0.0582279274823122, 0.8062496375242277],
    [5, 56, 0, 29, -0.0381371479035369, 0.19256001385511162],
    [0, 10, 0, 20, -0.16112515805281938, 0.27753279986288926],
    [0, 10, 0, 10, -0.27753279986288926, 0.27753279986288926],
    [10, 10, 0, 20, 0.6790860371419146, 1],
    [10, 10, 0, 10, 0.6075093504305241, 1],
    [122, 2000, 80, 2000, 0.007438641323983945, 0.03474319893135629],
    [50_001, 1e6, 50_000, 1e6, -0.0006031130569322789, 0.000605113074658899],
  ])('of %d/%d and %d/%d is that of Newcombe', (a, n, b, m, low, high) => {
    expectInterval(newcombeInterval(of(a, n), of(b, m), 0.95), a / n - b / m, low, high)
  })

  it('turns its sign when the two change places', () => {
    const there = newcombeInterval(of(56, 70), of(48, 80), 0.95)
    const back = newcombeInterval(of(48, 80), of(56, 70), 0.95)
    expect([back.value, back.low, back.high]).toEqual([-there.value, -there.high, -there.low])
  })

  it('names the side that is wrong', () => {
    expect(() => newcombeInterval(of(3, 2), of(1, 2), 0.95)).toThrow(
      expect.objectContaining({ path: 'a.successes' }),
    )
    expect(() => newcombeInterval(of(1, 2), of(1, 0), 0.95)).toThrow(
      expect.objectContaining({ path: 'b.trials' }),
    )
  })
})

describe('the interval of a lift', () => {
  it.each([
    [122, 2000, 80, 2000, 0.525, 0.1582650612498255, 1.0078521556115447],
    [5, 50, 20, 40, -0.8, -0.917655972375284, -0.5142331368305121],
    [1000, 1000, 999, 1000, 0.001001001001001001, -0.0009599832894811837, 0.0029658344459947135],
  ])('of %d/%d over %d/%d is that of Katz', (a, n, b, m, value, low, high) => {
    const lift = liftInterval(of(a, n), of(b, m), 0.95)
    expect(lift?.value).toBeCloseTo(value, 12)
    expect(Math.abs((1 + Number(lift?.low)) / (1 + low) - 1)).toBeLessThan(1e-12)
    expect(Math.abs((1 + Number(lift?.high)) / (1 + high) - 1)).toBeLessThan(1e-12)
  })

  it('is not given without successes on both sides', () => {
    expect(liftInterval(of(0, 10), of(3, 10), 0.95)).toBeNull()
    expect(liftInterval(of(3, 10), of(0, 10), 0.95)).toBeNull()
    expect(() => liftInterval(of(3, 10), of(0, 10), 2)).toThrow(
      expect.objectContaining({ path: 'confidence' }),
    )
  })
})

describe('the pooled z test', () => {
  it.each([
    [122, 2000, 80, 2000, 3.03267674565392, 0.0024239510202666748],
    [50_001, 1e6, 50_000, 1e6, 0.003244413054387824, 0.9974113374565077],
    [900, 1000, 100, 1000, 35.77708763999664, 2.5091580967634297e-280],
    [600, 1000, 200, 1000, 18.257418583505537, 1.80631623309409e-74],
    [30, 100, 45, 120, -1.1685534824642432, 0.24258357934832098],
    [1, 2, 0, 3, 1.3693063937629153, 0.17090352023079747],
  ])('of %d/%d against %d/%d is exact to 1e-12', (a, n, b, m, z, pValue) => {
    const test = pooledZTest(of(a, n), of(b, m))
    expect(Math.abs(Number(test.z) / z - 1)).toBeLessThan(1e-12)
    expect(Math.abs(test.pValue / pValue - 1)).toBeLessThan(1e-12)
  })

  it('says nothing where nobody or everybody succeeded, and 1 for equal rates', () => {
    expect(pooledZTest(of(0, 10), of(0, 20))).toEqual({ z: null, pValue: 1 })
    expect(pooledZTest(of(10, 10), of(20, 20))).toEqual({ z: null, pValue: 1 })
    expect(pooledZTest(of(100, 1000), of(200, 2000))).toEqual({ z: 0, pValue: 1 })
  })
})

describe("Fisher's exact test", () => {
  it.each([
    [3, 4, 1, 4, 0.4857142857142857],
    [0, 5, 5, 5, 0.007936507936507936],
    [1, 10, 11, 14, 0.0027594561852200836],
    [2, 100, 9, 100, 0.058220717580287504],
    [0, 1000, 6, 1000, 0.031015859961788003],
    [1, 1e6, 6, 1e6, 0.12499934374967188],
    [0, 100, 0, 100, 1],
    [10, 10, 10, 10, 1],
    [4, 20, 5, 25, 1],
    [7, 10_000, 1, 40_000, 8.434817565362973e-5],
    [300, 500, 5, 500, 7.376921857055948e-110],
    [450, 500, 10, 500, 1.0352919783071223e-208],
    [480, 500, 3, 500, 7.283417574185281e-257],
    [40, 1000, 2, 10, 0.06148650645828429],
  ])('of %d/%d against %d/%d is exact to 1e-12, on either side', (a, n, b, m, pValue) => {
    expect(Math.abs(fisherExact(of(a, n), of(b, m)) / pValue - 1)).toBeLessThan(1e-12)
    expect(Math.abs(fisherExact(of(b, m), of(a, n)) / pValue - 1)).toBeLessThan(1e-12)
  })

  it('is 0 where the observed table is too unlikely for a double', () => {
    expect(fisherExact(of(5_000, 5_000), of(0, 5_000))).toBe(0)
  })
})

describe('comparing two proportions', () => {
  it('takes the z test when every expected count is at least 5', () => {
    const compared = compareProportions(of(10, 100), of(0, 100), { confidence: 0.95 })
    expect(compared).toMatchObject({
      method: 'pooled-z',
      pValue: pooledZTest(of(10, 100), of(0, 100)).pValue,
    })
    expect(compared.lift).toBeNull()
  })

  it.each([
    ['few successes', of(9, 100), of(0, 100)],
    ['few failures', of(100, 100), of(91, 100)],
    ['a small arm', of(4, 9), of(500, 1000)],
  ])("takes Fisher's test for %s", (_why, a, b) => {
    expect(compareProportions(a, b, { confidence: 0.95 })).toMatchObject({
      method: 'fisher-exact',
      pValue: fisherExact(a, b),
    })
  })
})

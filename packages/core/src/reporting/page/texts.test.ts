import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../base/time.js'
import { reportRate } from '../report-rate.js'
import {
  capitalized,
  changeText,
  confidenceText,
  dayText,
  durationText,
  instantText,
  moneysText,
  moneyText,
  pointsText,
  probabilityText,
  rateText,
  timesText,
  unitCostText,
} from './texts.js'

describe('texts of the page', () => {
  it.each([
    [0, 'under 1 s'],
    [999, 'under 1 s'],
    [12_300, '12 s'],
    [35 * MINUTE_MS, '35 min'],
    [90_000, '1 min 30 s'],
    [2 * DAY_MS + 4 * HOUR_MS + MINUTE_MS, '2 d 4 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })

  it.each([
    [123_450, 'EUR', '€1,234.50'],
    [1_234, 'JPY', '¥1,234'],
    [1_234_567, 'KWD', 'KWD\u00a01,234.567'],
    [-500, 'USD', '-$5.00'],
    [500, 'HUF', 'HUF\u00a05.00'],
    [100, 'ZZZ', 'ZZZ\u00a01.00'],
  ])('%d minor units of %s are %s', (amountMinor, currency, text) => {
    expect(moneyText({ amountMinor, currency })).toBe(text)
  })

  it('set several currencies side by side, and a dash for none', () => {
    expect(moneysText([])).toBe('–')
    expect(
      moneysText([
        { amountMinor: 100, currency: 'EUR' },
        { amountMinor: 200, currency: 'USD' },
      ]),
    ).toBe('€1.00 + $2.00')
  })

  it.each([
    [17_933_174, 'EUR', '€0.1793'],
    [90_000, 'EUR', '€0.0009'],
    [12, 'EUR', '€0.00000012'],
    [250_000_000, 'EUR', '€2.50'],
    [1_500_000, 'JPY', '¥2'],
    [400_000, 'JPY', '¥0.4'],
  ])('a cost of %d millionths of %s each is %s', (value, currency, text) => {
    expect(unitCostText({ numerator: value, denominator: 1, value, currency })).toBe(text)
  })

  it('have no cost of what did not happen', () => {
    expect(unitCostText({ numerator: 5, denominator: 0, value: null, currency: 'EUR' })).toBe('–')
    expect(unitCostText({ numerator: null, denominator: 1, value: 4, currency: null })).toBe('–')
  })

  it('say how many times as much', () => {
    expect([0, 0.456, 1.94, 10.4, 2_278.6].map(timesText)).toEqual(
      ['0', '0.46', '1.9', '10', '2,279'].map((number) => `${number}\u00a0×`),
    )
  })

  it('write days and instants out', () => {
    expect(dayText('2026-03-01')).toBe('1 Mar 2026')
    expect(instantText(Date.UTC(2026, 11, 31, 23, 59, 59))).toBe('31 Dec 2026, 23:59 UTC')
  })

  it('write rates, differences, changes and probabilities with sensible digits', () => {
    expect(rateText(reportRate(61, 1_000))).toBe('6.1%')
    expect(rateText(reportRate(0, 0))).toBe('–')
    expect([0.021, -0.021, 0].map(pointsText)).toEqual(['+2.1', '-2.1', '0.0'])
    expect([0.525, -0.342, 0].map(changeText)).toEqual(['+53%', '-34%', '0%'])
    expect([0.95, 0.995].map(confidenceText)).toEqual(['95%', '99.5%'])
    expect([1e-9, 0.00242, 0.5, 1].map(probabilityText)).toEqual(['< 0.0001', '0.0024', '0.5', '1'])
    expect(capitalized('no address')).toBe('No address')
  })
})

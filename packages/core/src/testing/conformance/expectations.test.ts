import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../../base/error.js'
import { deepFreeze } from '../../base/freeze.js'
import type { Page } from '../../model/page.js'
import { conformanceCase } from './conformance-case.js'
import { ConformanceFailure } from './conformance-failure.js'
import {
  allPages,
  expectEqual,
  expectFailure,
  expectFullPages,
  expectPresent,
  expectRefusal,
  expectSame,
  expectThat,
  tamperWith,
  unreadable,
} from './expectations.js'
import { expectWithin } from './send-simulation.js'

const failed = (call: () => void) => expect(call).toThrow(ConformanceFailure)

describe('expectations', () => {
  it('compare plain data', () => {
    expectEqual({ b: 1, a: undefined }, { b: 1 }, 'objects')
    failed(() => expectEqual({ b: 1 }, { b: 2 }, 'objects'))
    failed(() => expectEqual([1, 2], [2, 1], 'order'))
    failed(() => expectEqual(undefined, null, 'nothing'))
    expectSame([1, 2, 2], [2, 1, 2], 'order')
    failed(() => expectSame([1, 2], [1, 2, 2], 'how often'))
    expect(expectPresent(0, 'a number')).toBe(0)
    failed(() => expectPresent(null, 'a number'))
    failed(() => expectThat(false, 'true', 'false'))
  })

  it('tell refusals by code and path', async () => {
    const refusal = () =>
      Promise.reject(new CampaignKitError('CAMPAIGN_NAME_TAKEN', 'taken', { path: 'name' }))
    await expectRefusal(refusal(), 'CAMPAIGN_NAME_TAKEN', 'name')
    await expect(expectRefusal(refusal(), 'VERSION_CONFLICT')).rejects.toThrow(ConformanceFailure)
    await expect(expectRefusal(refusal(), 'CAMPAIGN_NAME_TAKEN', 'other')).rejects.toThrow(ConformanceFailure)
    await expect(expectRefusal(Promise.resolve(), 'VERSION_CONFLICT')).rejects.toThrow(ConformanceFailure)
    await expectFailure(refusal)
    await expectFailure(() => {
      throw new Error('at once')
    })
    await expect(expectFailure(async () => 1)).rejects.toThrow(ConformanceFailure)
  })

  it('catch pages that are too long, never end, or are short before the end', async () => {
    const endless = async (): Promise<Page<number>> => ({ items: [], nextCursor: 'more' })
    await expect(allPages(endless, 1)).rejects.toThrow('a last page')
    await expect(allPages(async () => ({ items: [1, 2], nextCursor: null }), 1)).rejects.toThrow('at most 1')
    const short = async (seen: readonly number[]) => (seen.length === 0 ? [1] : [2, 3])
    await expect(expectFullPages(short, [1, 2, 3], 'numbers', [2])).rejects.toThrow('2 a page')
    await expect(expectFullPages(async () => [1, 1], [1], 'numbers', [1])).rejects.toThrow('at most 1')
    await expect(expectFullPages(async () => [1], [1], 'numbers', [1])).rejects.toThrow('1 a page')
  })

  it('tamper with all that is not frozen', () => {
    const row = { list: [{ a: 1 }], map: new Map([['k', { v: 1 }]]) }
    tamperWith(row)
    expect(row).toEqual({ list: 'tampered with', map: 'tampered with' })
    const frozen = deepFreeze({ list: [1] })
    tamperWith(frozen)
    expect(frozen).toEqual({ list: [1] })
    tamperWith(null)
    const map = new Map([['k', 1]])
    tamperWith(map)
    expect(map.size).toBe(0)
  })

  it('make rows that nobody can read', () => {
    const row = unreadable({ a: 1 })
    for (const read of [
      () => row.a,
      () => ({ ...row }),
      () => JSON.stringify(row),
      () => 'a' in row,
      () => structuredClone(row),
    ]) {
      expect(read).toThrow()
    }
  })

  it('measure windows that are open at their end', () => {
    expectWithin([0, 500, 1_000, 1_500], { limit: 2, periodMs: 1_000 }, 'just so')
    failed(() => expectWithin([999, 0, 500], { limit: 2, periodMs: 1_000 }, 'one too many'))
  })
})

describe('a conformance case', () => {
  it('names itself in what it throws', async () => {
    const mismatch = conformanceCase('numbers: are equal', [], async () => expectEqual(1, 2, 'number'))
    await expect(mismatch.run(null)).rejects.toMatchObject({
      kind: 'ConformanceFailure',
      caseName: 'numbers: are equal',
      expected: 'number: 2',
      seen: '1',
    })
    const foreign = conformanceCase('numbers: exist', [], async () => {
      throw new TypeError('broken')
    })
    await expect(foreign.run(null)).rejects.toMatchObject({
      caseName: 'numbers: exist',
      seen: 'TypeError: broken',
    })
  })
})

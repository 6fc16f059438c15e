import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { isCampaignKitError } from '../base/error.js'
import { checkInput, dottedPath, parseInput, rule } from './parse.js'

const schema = z
  .strictObject({
    name: z.string(),
    at: z.union([z.strictObject({ day: z.int() }), z.literal('never')]).optional(),
  })
  .refine(({ name }) => name !== 'taken', rule('CAMPAIGN_NAME_TAKEN', 'is taken', ['name']))

function fault(value: unknown, path?: string) {
  try {
    parseInput(schema, value, path)
  } catch (thrown) {
    if (isCampaignKitError(thrown)) return thrown
  }
  throw new Error('was accepted')
}

describe('Parsing at the edge', () => {
  it('gives a frozen copy', () => {
    const given = { name: 'a', at: { day: 1 } }
    const parsed = parseInput(schema, given)
    expect(parsed).toEqual(given)
    expect(Object.isFrozen(parsed) && Object.isFrozen(parsed.at)).toBe(true)
    expect(Object.isFrozen(given)).toBe(false)
    expect(Object.isFrozen(checkInput(schema, given))).toBe(false)
  })

  it('names code and path of the first fault and lists all', () => {
    const error = fault({ name: 1, at: { day: 0.5 } }, 'items[3]')
    expect(error).toMatchObject({ code: 'INVALID_INPUT', path: 'items[3].name' })
    expect(error.message).toMatch(/^items\[3\]\.name: /)
    expect(error.details.findings).toMatchObject([{ path: 'items[3].name' }, { path: 'items[3].at.day' }])
  })

  it('calls the whole value by its name in messages', () => {
    expect(fault(null)).toMatchObject({ path: '' })
    expect(fault(null).message).toMatch(/^value: /)
  })

  it('names the unknown field', () => {
    expect(fault({ name: 'a', nmae: 'b' })).toMatchObject({ code: 'UNKNOWN_FIELD', path: 'nmae' })
  })

  it('names the unknown field before the one that is missing for being misspelt', () => {
    const error = fault({ nmae: 'b' })
    expect(error).toMatchObject({ code: 'UNKNOWN_FIELD', path: 'nmae' })
    expect(error.details.findings).toMatchObject([{ path: 'name' }, { path: 'nmae' }])
  })

  it('takes the branch of a union that understood most', () => {
    expect(fault({ name: 'a', at: { day: 'x' } })).toMatchObject({ path: 'at.day' })
    expect(fault({ name: 'a', at: 5 })).toMatchObject({ path: 'at' })
  })

  it('keeps a union without branches that say more', () => {
    const either = z.xor([z.string(), z.literal('a')])
    expect(() => parseInput(either, 'a')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: '' }),
    )
  })

  it('carries the code that a rule names', () => {
    expect(fault({ name: 'taken' })).toMatchObject({ code: 'CAMPAIGN_NAME_TAKEN', path: 'name' })
  })

  it('writes paths with dots and brackets', () => {
    expect(dottedPath(['a', 0, 'b', 1, 2])).toBe('a[0].b[1][2]')
    expect(dottedPath([0], 'items')).toBe('items[0]')
    expect(dottedPath([], 'items')).toBe('items')
    expect(dottedPath(['a'])).toBe('a')
  })
})

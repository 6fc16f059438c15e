import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Skeleton, skeletonWith, valuesIn } from './skeleton.js'
import { bytesOf, looksTagged, substitute } from './substitutions.js'

const SEED = 2_026
const word = fc.constantFrom(
  'Hello',
  'Ada',
  ' ',
  '<b>',
  '</b>',
  'ü',
  '🍕',
  '-',
  'ck0',
  '\n',
  '=',
  'a',
  '\ud800',
)
const prose = fc.array(word, { maxLength: 30 }).map((words) => words.join(''))
/** Texts that were made from one: parts stand in all of them, what is between differs. */
const akin = fc
  .tuple(
    fc.array(prose, { minLength: 1, maxLength: 5 }),
    fc.array(fc.array(prose, { minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 6 }),
  )
  .map(([parts, rows]) =>
    rows.map((row) => parts.map((part, at) => (at === 0 ? part : (row[at - 1] ?? '') + part)).join('')),
  )
const strangers = fc.array(prose, { minLength: 2, maxLength: 6 })

const common = (texts: readonly string[]): Skeleton => {
  const [first = '', ...others] = texts
  return others.reduce<Skeleton>(
    (skeleton, text) => (valuesIn(skeleton, text) === null ? skeletonWith(skeleton, text) : skeleton),
    [first],
  )
}

/** What SendGrid does with a template. */
const replaced = (template: string, values: readonly (readonly [string, string])[]) =>
  values.reduce((text, [tag, value]) => text.split(tag).join(value), template)

describe('the skeleton of texts', () => {
  it('gives every one of them back, whatever they are', () => {
    void fc.assert(
      fc.property(fc.oneof(akin, strangers), (texts) => {
        const skeleton = common(texts)
        for (const text of texts) {
          const values = valuesIn(skeleton, text)
          expect(values).not.toBeNull()
          const woven = skeleton.map((piece, at) => (at === 0 ? piece : (values?.[at - 1] ?? '') + piece))
          expect(woven.join('')).toBe(text)
        }
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  it('with its tags replaced is the text again, and no tag stands for nothing', () => {
    void fc.assert(
      fc.property(fc.oneof(akin, strangers), (texts) => {
        fc.pre(!texts.some(looksTagged))
        const tagged = new Map<string, string>()
        const made = substitute(common(texts), texts, tagged)
        if (made === null) return
        for (const [row, text] of texts.entries()) {
          const values = made.values[row] ?? []
          expect(values.every(([, value]) => value !== '')).toBe(true)
          expect(replaced(made.template, values)).toBe(text)
          expect(replaced(made.template, [...values].reverse())).toBe(text)
        }
      }),
      { seed: SEED, numRuns: 300 },
    )
  })
})

describe('a newsletter', () => {
  const letter = (name: string, token: string) =>
    `<html><body><h1>Hello ${name}</h1><p>We miss you, ${name}! Come back for 30 % off.</p>` +
    `<a href="https://go.pizza.example/c/${token}.a">Order now</a> <a href="https://go.pizza.example/u/${token}.b">Stop</a></body></html>`

  it('has names and links for its gaps, and what is the same is said once', () => {
    const texts = [letter('Ada', 'T0K3N'), letter('Grace Hopper', 'N0T4T'), letter('J', 'ZZZZZ')]
    const skeleton = common(texts)
    const made = substitute(skeleton, texts, new Map())
    expect(made?.template).toBe(letter('-ck0-', '-ck1-'))
    expect(made?.values[1]).toEqual([
      ['-ck0-', 'Grace Hopper'],
      ['-ck1-', 'N0T4T'],
    ])
    expect(bytesOf(made?.values[2] ?? [])).toBe(16)
  })

  it('may have a name that is empty: the gap takes its neighbour along', () => {
    const made = substitute(
      common([letter('Ada', 'T'), letter('', 'T')]),
      [letter('Ada', 'T'), letter('', 'T')],
      new Map(),
    )
    expect(made?.values.map((values) => values.every(([, value]) => value !== ''))).toEqual([true, true])
    expect(substitute(['', ''], ['', 'a'], new Map())).toBeNull()
  })
})

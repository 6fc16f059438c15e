import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinSuppression, SUPPRESSION_REASONS, type Suppression } from './suppression.js'

const suppression = (reason: Suppression['reason'], since: number): Suppression => ({
  channel: 'email',
  addressKey: 'k1:a' as Suppression['addressKey'],
  reason,
  since,
})

describe('Two suppressions of one address', () => {
  it('come to the earlier one', () => {
    const early = suppression('erased', 1)
    const late = suppression('bounced', 2)
    expect([joinSuppression(early, late), joinSuppression(late, early)]).toEqual([early, early])
  })

  it('of one instant come to the reason that stands first in the list', () => {
    const complained = suppression('complained', 1)
    const erased = suppression('erased', 1)
    expect([joinSuppression(complained, erased), joinSuppression(erased, complained)]).toEqual([
      complained,
      complained,
    ])
  })

  it('come to the same in every order and repetition', () => {
    const any = fc.record({
      reason: fc.constantFrom(...SUPPRESSION_REASONS),
      since: fc.integer({ min: 0, max: 3 }),
    })
    const some = fc.array(
      any.map(({ reason, since }) => suppression(reason, since)),
      { minLength: 1, maxLength: 6 },
    )
    fc.assert(
      fc.property(
        some.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length })),
        ),
        ([all, shuffled]) => {
          expect(shuffled.reduce(joinSuppression)).toEqual(all.reduce(joinSuppression))
        },
      ),
      { seed: 20_260_301 },
    )
  })
})

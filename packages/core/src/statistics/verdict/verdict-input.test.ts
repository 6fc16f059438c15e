import { describe, expect, it } from 'vitest'
import { arm, EMOJI, judged, PLAIN } from './judged.fixture.js'

describe('the digest of a verdict', () => {
  it('is that of the data and the rules', () => {
    const { dataDigest } = judged([PLAIN, EMOJI])
    expect(dataDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(judged([PLAIN, EMOJI]).dataDigest).toBe(dataDigest)
    expect(judged([PLAIN, { ...EMOJI, bounced: 0 }]).dataDigest).toBe(dataDigest)
    expect(judged([PLAIN, arm('emoji', 123, 2_000)]).dataDigest).not.toBe(dataDigest)
    expect(judged([PLAIN, EMOJI], { alpha: 0.04 }).dataDigest).not.toBe(dataDigest)
    expect(judged([PLAIN, EMOJI], { decision: 'anytime' }).dataDigest).not.toBe(dataDigest)
  })
})

describe('the input of a verdict', () => {
  it.each([
    ['a share of a member', [arm('a', 1, 2.5)], {}, 'arms[0].assigned'],
    ['fewer than no conversions', [arm('a', 1, 2), arm('b', -1, 2)], {}, 'arms[1].converted'],
    ['more conversions than members', [arm('a', 3, 2)], {}, 'arms[0].converted'],
    ['an arm that is given twice', [arm('a', 1, 2), arm('a', 1, 2)], {}, 'arms[1].arm'],
    ['the remainder', [arm('a', 1, 2), arm('remainder', 1, 2)], {}, 'arms[1].arm'],
    ['no arms', undefined as never, {}, 'arms'],
    ['an arm without a name', [{ ...PLAIN, arm: '' }], {}, 'arms[0].arm'],
    ['an arm whose name is none', [{ ...PLAIN, arm: 7 as never }], {}, 'arms[0].arm'],
    ['a maturity that is not said', [PLAIN], { mature: undefined as never }, 'mature'],
    ['a maturity of words', [PLAIN], { equallyMature: 'yes' as never }, 'equallyMature'],
    ['a holdout without a name', [PLAIN], { holdoutArm: '' }, 'holdoutArm'],
    ['an alpha of 0', [PLAIN], { alpha: 0 }, 'alpha'],
    ['a minimum of 0', [PLAIN], { minRecipients: 0 }, 'minRecipients'],
    ['a minimum below 0', [PLAIN], { minConversions: -1 }, 'minConversions'],
    ['opens', [PLAIN], { metric: 'open' as never }, 'metric'],
    ['another decision', [PLAIN], { decision: 'soon' as never }, 'decision'],
    ['a margin of 1', [PLAIN], { equivalenceMargin: 1 }, 'equivalenceMargin'],
    ['a weight of 0', [{ ...PLAIN, weight: 0 }], {}, 'arms[0].weight'],
    ['more sent than assigned', [{ ...PLAIN, sent: 2_001 }], {}, 'arms[0].sent'],
    ['more delivered than sent', [{ ...PLAIN, sent: 5, delivered: 6 }], {}, 'arms[0].delivered'],
    ['more analysed than delivered', [{ ...PLAIN, delivered: 6, analysed: 7 }], {}, 'arms[0].analysed'],
    ['more bounced than assigned', [{ ...PLAIN, bounced: 2_001 }], {}, 'arms[0].bounced'],
    ['fewer with machines', [{ ...PLAIN, convertedWithMachines: 1 }], {}, 'arms[0].convertedWithMachines'],
  ])('is refused for %s', (_what, arms, more, path) => {
    expect(() => judged(arms, more)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }))
  })
})

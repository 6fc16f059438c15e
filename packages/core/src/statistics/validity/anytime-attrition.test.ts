import { describe, expect, it } from 'vitest'
import { atMost, createDraws, worldsOf } from '../simulation.fixture.js'
import { anytimeAttritionTest } from './anytime-attrition.js'
import { type ArmFunnel, attritionTest } from './attrition.js'

const LOOKS = 46
const WORLDS = worldsOf(300)

interface World {
  /** Members of each arm at the last look. */
  readonly members: readonly number[]
  /** What each step keeps, the same in all arms. */
  readonly keeps: readonly [number, number, number]
}

/** The share of funnels without a difference in which a test raises its hand at any look. */
function alarms({ members, keeps }: World, isAlarm: (arms: readonly ArmFunnel[]) => boolean): number {
  const draws = createDraws(`attrition:${members.join()}`)
  let alarmed = 0
  for (let world = 0; world < WORLDS; world += 1) {
    let arms = members.map((_, arm): ArmFunnel => {
      return { arm: `v${arm}`, assigned: 0, sent: 0, delivered: 0, analysed: 0 }
    })
    let isRaised = false
    for (let look = 1; look <= LOOKS && !isRaised; look += 1) {
      arms = arms.map((arm, index) => {
        const more = Math.round((members[index] ?? 0) / LOOKS)
        const keptOf = (entered: number, share: number) =>
          entered === 0 ? 0 : draws.binomial(entered, share).successes
        const sentNow = keptOf(more, keeps[0])
        const deliveredNow = keptOf(sentNow, keeps[1])
        const analysedNow = keptOf(deliveredNow, keeps[2])
        return {
          arm: arm.arm,
          assigned: arm.assigned + more,
          sent: arm.sent + sentNow,
          delivered: arm.delivered + deliveredNow,
          analysed: arm.analysed + analysedNow,
        }
      })
      isRaised = isAlarm(arms)
    }
    if (isRaised) alarmed += 1
  }
  return alarmed / WORLDS
}

// [members, what each step keeps]
const WORLDS_WITHOUT_DIFFERENCE: readonly World[] = [
  { members: [2_300, 2_300], keeps: [0.99, 0.97, 0.98] },
  { members: [4_600, 4_600, 4_600], keeps: [0.98, 0.5, 0.5] },
  { members: [9_200, 920], keeps: [0.99, 0.97, 0.3] },
]

describe('a watched test of attrition', { timeout: 600_000 }, () => {
  it.each(WORLDS_WITHOUT_DIFFERENCE)(
    'raises a false alarm in 46 looks at most as often as its level ($members)',
    (world) => {
      const alarmed = alarms(world, (arms) => anytimeAttritionTest(arms, { alpha: 0.05 }).differs)
      expect(alarmed).toBeLessThanOrEqual(atMost(0.05, WORLDS))
    },
  )

  it('is needed: the test for one look raises its hand far more often when it is watched', () => {
    const world = { members: [2_300, 2_300], keeps: [0.99, 0.97, 0.98] } as const
    expect(alarms(world, (arms) => attritionTest(arms, { alpha: 0.05 }).differs)).toBeGreaterThan(0.1)
  })
})

const LOG_EVIDENCE = 6.72225809015182

const funnel = (arm: string, assigned: number, sent: number, delivered: number, analysed = delivered) => ({
  arm,
  assigned,
  sent,
  delivered,
  analysed,
})

describe('one watched step', () => {
  it('has the mean of two e-values, of the lost and of the kept', () => {
    const [, stage] = anytimeAttritionTest([
      funnel('a', 1_000, 1_000, 940),
      funnel('b', 1_000, 1_000, 980),
    ]).stages
    // mpmath: Dirichlet-multinomial of (60, 20) and of (940, 980) with two weights of 125 / (x - 1), x - ln x = 1 - 2 ln 0.01
    expect(stage?.logEvidence).toBeCloseTo(LOG_EVIDENCE, 10)
    expect(stage?.pValue).toBeCloseTo(Math.exp(-LOG_EVIDENCE), 10)
    expect(stage?.adjustedPValue).toBeCloseTo(3 * Math.exp(-LOG_EVIDENCE), 10)
  })

  it('sees losses that differ, whichever step they are at, and of any number of arms', () => {
    const { stages, differs } = anytimeAttritionTest([
      funnel('a', 5_000, 4_990, 4_900),
      funnel('b', 5_000, 4_988, 4_700),
      funnel('c', 5_000, 4_991, 4_899),
    ])
    expect(differs).toBe(true)
    expect(stages.map((stage) => stage.differs)).toEqual([false, true, false])
    expect(stages[1]?.arms[1]).toEqual({ arm: 'b', entered: 4_988, kept: 4_700, rate: 4_700 / 4_988 })
  })

  it('says nothing where nobody was lost, and of one arm alone', () => {
    const { stages } = anytimeAttritionTest([funnel('a', 500, 500, 500), funnel('b', 500, 0, 0)], {
      alpha: 0.5,
    })
    expect(stages[1]).toMatchObject({ logEvidence: 0, pValue: 1, differs: false })
    const alike = anytimeAttritionTest([funnel('a', 500, 500, 500), funnel('b', 500, 500, 500)])
    expect(alike.differs).toBe(false)
  })

  it('refuses what is no funnel', () => {
    const refused = (path: string) => expect.objectContaining({ code: 'INVALID_INPUT', path })
    const arms = [funnel('a', 500, 400, 300), funnel('b', 500, 400, 450)]
    expect(() => anytimeAttritionTest(arms)).toThrow(refused('arms[1].delivered'))
    expect(() => anytimeAttritionTest(arms.slice(1))).toThrow(refused('arms'))
    const sound = [funnel('a', 500, 400, 300), funnel('b', 500, 400, 350)]
    expect(() => anytimeAttritionTest(sound, { alpha: 1 })).toThrow(refused('alpha'))
  })
})

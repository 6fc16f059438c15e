import { describe, expect, it } from 'vitest'
import { sampleEvent } from '../testing/samples.js'
import { createTimeline } from './timeline.js'

describe('the timeline', () => {
  it('counts redemptions and what was given back by day in UTC, first day first', () => {
    const timeline = createTimeline()
    const add = (type: string, at: string) =>
      timeline.add(sampleEvent({ type, at: Date.parse(at), key: `${type}${at}` }))
    add('redemption', '2026-03-02T00:00:00.000Z')
    add('redemption', '2026-03-01T23:59:59.999Z')
    add('redemption', '2026-03-02T12:00:00Z')
    add('redemption-reversed', '2026-03-04T12:00:00Z')
    add('conversion', '2026-03-05T12:00:00Z')
    expect(timeline.result()).toEqual([
      { day: '2026-03-01', redemptions: 1, reversals: 0 },
      { day: '2026-03-02', redemptions: 2, reversals: 0 },
      { day: '2026-03-04', redemptions: 0, reversals: 1 },
    ])
  })

  it('is empty without any', () => {
    expect(createTimeline().result()).toEqual([])
  })
})

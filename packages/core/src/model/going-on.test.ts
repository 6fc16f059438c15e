import { describe, expect, it } from 'vitest'
import { sampleCampaign, sampleRun } from '../testing/samples.js'
import { CAMPAIGN_STATUSES } from './campaign-status.js'
import { goingOn, isOver, runGoingOn } from './going-on.js'

const NOW = 1_000

describe('a campaign', () => {
  it('is over when it was stopped, cancelled or failed, and not when it completed by having sent all', () => {
    const over = CAMPAIGN_STATUSES.filter((status) => isOver(sampleCampaign({ status }), NOW))
    expect(over).toEqual(['failed', 'cancelled'])
    expect(isOver({ ...sampleCampaign({ status: 'completed' }), statusReason: 'stopped' }, NOW)).toBe(true)
  })

  it('is over from its end on', () => {
    const campaign = sampleCampaign({ status: 'active' })
    const until = (endsAt: number) => ({ ...campaign, content: { ...campaign.content, endsAt } })
    expect([isOver(until(NOW + 1), NOW), isOver(until(NOW), NOW)]).toEqual([false, true])
  })

  it('goes on in its next version, active when it had completed, else as it was', () => {
    const completed = { ...sampleCampaign({ status: 'completed' }), endedAt: 5, archivedAt: 6 }
    expect(goingOn(completed, NOW)).toEqual({
      ...completed,
      status: 'active',
      endedAt: null,
      archivedAt: null,
      version: completed.version + 1,
      updatedAt: NOW,
    })
    const paused = { ...sampleCampaign({ status: 'paused' }), statusReason: 'price' }
    expect(goingOn(paused, NOW)).toEqual({ ...paused, version: paused.version + 1, updatedAt: NOW })
  })

  it('has runs that go on open', () => {
    const run = { ...sampleRun({ status: 'ended' }), endedAt: 5, firstEndedAt: 5 }
    expect(runGoingOn(run)).toEqual({ ...run, status: 'open', endedAt: null, version: run.version + 1 })
  })
})

import { describe, expect, it } from 'vitest'
import {
  allowsTransition,
  CAMPAIGN_STATUSES,
  CAMPAIGN_TRANSITIONS,
  type CampaignAction,
  hasEnded,
} from './campaign-status.js'

describe('The transition table', () => {
  it.each<[CampaignAction, string]>([
    ['edit', 'draft'],
    ['schedule', 'draft'],
    ['unschedule', 'scheduled'],
    ['launch', 'draft scheduled'],
    ['begin', 'preparing'],
    ['pause', 'preparing active'],
    ['resume', 'paused'],
    ['complete', 'scheduled preparing active paused'],
    ['fail', 'scheduled preparing active paused'],
    ['stop', 'preparing active paused'],
    ['cancel', 'draft scheduled preparing active paused'],
    ['archive', 'draft completed failed cancelled'],
    ['delete', 'draft scheduled completed failed cancelled'],
  ])('allows to %s from %s and from nowhere else', (action, from) => {
    expect(CAMPAIGN_STATUSES.filter((status) => allowsTransition(status, action)).join(' ')).toBe(from)
  })

  it('leads out of an end only to reopen what completed', () => {
    for (const [action, { from, to }] of Object.entries(CAMPAIGN_TRANSITIONS)) {
      const leaves = to.length > 0 && from.some(hasEnded)
      expect([action, leaves]).toEqual([action, action === 'reopen'])
    }
    expect(CAMPAIGN_TRANSITIONS.reopen).toEqual({ from: ['completed'], to: ['active'] })
  })

  it('leads to every status, to the first by unscheduling', () => {
    const reached = new Set(Object.values(CAMPAIGN_TRANSITIONS).flatMap(({ to }) => to))
    expect(CAMPAIGN_STATUSES.filter((status) => !reached.has(status))).toEqual([])
  })

  it('knows the ends', () => {
    expect(CAMPAIGN_STATUSES.filter(hasEnded)).toEqual(['completed', 'failed', 'cancelled'])
  })
})

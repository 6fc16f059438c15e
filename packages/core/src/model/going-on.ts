import type { Instant } from '../base/time.js'
import type { Campaign } from './campaign.js'
import { allowsTransition, hasEnded } from './campaign-status.js'
import type { Run } from './run.js'

/**
 * Whether nothing more may be sent for a campaign: its end date has come, or it was stopped, cancelled or failed. Not so
 * one that completed by having sent all: it is reopened when there is something to send after all.
 */
export function isOver(campaign: Campaign, now: Instant): boolean {
  const { status, statusReason, content } = campaign
  if (content.endsAt !== undefined && content.endsAt <= now) return true
  // the worker completes without a reason, a person who stops has one
  const sentAll = allowsTransition(status, 'reopen') && statusReason === null
  return hasEnded(status) && !sentAll
}

/** A campaign in its next version, in which it goes on; one that had completed is active again. */
export function goingOn(campaign: Campaign, now: Instant): Campaign {
  const reopened = { status: 'active', statusReason: null, endedAt: null, archivedAt: null } as const
  return {
    ...campaign,
    ...(hasEnded(campaign.status) ? reopened : {}),
    version: campaign.version + 1,
    updatedAt: now,
  }
}

/** A run in its next version, open: whoever is about to end it finds its version taken, and looks again. */
export function runGoingOn(run: Run): Run {
  return { ...run, status: 'open', endedAt: null, version: run.version + 1 }
}

/** The one status union of a campaign. */
export const CAMPAIGN_STATUSES = [
  'draft',
  'scheduled',
  'preparing',
  'active',
  'paused',
  'completed',
  'failed',
  'cancelled',
] as const

export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number]

/**
 * What moves a campaign from one status to another: by a person, or (`begin`, `complete`, `fail`) by the worker.
 * `reopen` comes with a decision on held deliveries that leaves something to be sent.
 */
export type CampaignAction =
  | 'edit'
  | 'schedule'
  | 'unschedule'
  | 'launch'
  | 'begin'
  | 'pause'
  | 'resume'
  | 'complete'
  | 'fail'
  | 'roll-out'
  | 'reopen'
  | 'stop'
  | 'cancel'
  | 'archive'
  | 'delete'

export interface Transition {
  readonly from: readonly CampaignStatus[]
  /** Statuses that the action may lead to; empty when it does not change the status. */
  readonly to: readonly CampaignStatus[]
}

/** The transition table. What is not in it is refused with TRANSITION_NOT_ALLOWED. */
export const CAMPAIGN_TRANSITIONS: Readonly<Record<CampaignAction, Transition>> = {
  edit: { from: ['draft'], to: [] },
  schedule: { from: ['draft'], to: ['scheduled'] },
  unschedule: { from: ['scheduled'], to: ['draft'] },
  launch: { from: ['draft', 'scheduled'], to: ['preparing'] },
  begin: { from: ['preparing'], to: ['active'] },
  pause: { from: ['preparing', 'active'], to: ['paused'] },
  resume: { from: ['paused'], to: ['preparing', 'active'] },
  complete: { from: ['scheduled', 'preparing', 'active', 'paused'], to: ['completed'] },
  fail: { from: ['scheduled', 'preparing', 'active', 'paused'], to: ['failed'] },
  'roll-out': { from: ['active', 'paused'], to: [] },
  reopen: { from: ['completed'], to: ['active'] },
  stop: { from: ['preparing', 'active', 'paused'], to: ['completed'] },
  cancel: { from: ['draft', 'scheduled', 'preparing', 'active', 'paused'], to: ['cancelled'] },
  archive: { from: ['draft', 'completed', 'failed', 'cancelled'], to: [] },
  delete: { from: ['draft', 'scheduled', 'cancelled', 'completed', 'failed'], to: [] },
}

/** Whether the table allows an action in a status. */
export function allowsTransition(status: CampaignStatus, action: CampaignAction): boolean {
  return CAMPAIGN_TRANSITIONS[action].from.includes(status)
}

/** Whether a campaign in this status sends nothing again, unless it is reopened. */
export function hasEnded(status: CampaignStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

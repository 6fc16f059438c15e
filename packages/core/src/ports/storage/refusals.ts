import { CampaignKitError } from '../../base/error.js'

/** Somebody else wrote the record first, or it is gone. */
export function versionConflict(expected: number, stored: number | null): CampaignKitError {
  return new CampaignKitError('VERSION_CONFLICT', 'The record was changed in the meantime', {
    details: { expected, stored },
  })
}

/** What a provider has taken of the campaign may not be told yet. */
export function messagesUnderWay(): CampaignKitError {
  return new CampaignKitError('CAMPAIGN_HAS_EVENTS', 'Messages of the campaign are under way', {
    retry: 'later',
  })
}

/** Another campaign of the tenant has the name. */
export function campaignNameTaken(): CampaignKitError {
  return new CampaignKitError('CAMPAIGN_NAME_TAKEN', 'There is a campaign of this name', { path: 'name' })
}

/** Another segment of the tenant has the name. */
export function segmentNameTaken(): CampaignKitError {
  return new CampaignKitError('SEGMENT_NAME_TAKEN', 'There is a segment of this name', { path: 'name' })
}

/** The segment of this name refers to the one that was to go. */
export function segmentInUse(by: string): CampaignKitError {
  return new CampaignKitError('SEGMENT_IN_USE', 'Another segment refers to it', {
    details: { type: 'segment', id: by },
  })
}

/** An id or handle that must be unique belongs to another record. */
export function idTaken(record: string): CampaignKitError {
  return new CampaignKitError('STORAGE_FAILED', `Another ${record} has this id`, { details: { record } })
}

/** What was given as the cursor of a page was never the end of one. */
export function notACursor(): CampaignKitError {
  return new CampaignKitError('INVALID_INPUT', 'not a cursor', { path: 'cursor' })
}

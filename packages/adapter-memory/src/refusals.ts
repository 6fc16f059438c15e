import { CampaignKitError } from '@campaignkit/core/adapter'

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

/** An id or handle that must be unique belongs to another record. */
export function idTaken(record: string, id: string): CampaignKitError {
  return new CampaignKitError('STORAGE_FAILED', `Another ${record} has this id`, { details: { record, id } })
}

/** Another segment refers to the one that was to go. */
export function inUse(by: string): CampaignKitError {
  return new CampaignKitError('SEGMENT_IN_USE', 'Another segment refers to it', {
    details: { type: 'segment', id: by },
  })
}

/**
 * Every code that a {@link CampaignKitError} can carry, with the sentence that the reference gives of it.
 * Codes are stable: they are never renamed or reused.
 */
export const ERROR_CODES = {
  INVALID_INPUT: 'A value does not fit its documented shape; `path` names the field.',
  UNKNOWN_FIELD: 'An object carries a field that its schema does not know; `path` names it.',
  FORBIDDEN: 'The access policy of the host denies this action to the actor.',
  ABORTED: 'The caller aborted the call through its signal; nothing half-written is left.',
  CUSTOMER_NOT_FOUND: 'No customer with this id exists for the tenant.',
  DIRECTORY_READ_ONLY: 'The customer directory of the host is not writable through the kit.',
  CSV_MALFORMED:
    'The file cannot be read as CSV at all: wrong encoding, no header, or a mapped column is missing.',
  CRITERIA_INVALID: 'The criteria tree does not parse; `path` names the node.',
  CRITERIA_TOO_DEEP: 'The criteria tree is nested deeper than 64 levels or has more than 10,000 nodes.',
  CRITERIA_SEALED:
    'The criteria, or a named segment of theirs, read an attribute that the tenant seals; `path` names the node.',
  SEGMENT_NOT_FOUND: 'A named segment is referred to that does not exist for the tenant.',
  SEGMENT_CYCLE: 'Named segments refer to each other in a circle.',
  SEGMENT_NAME_TAKEN: 'The tenant already has a segment of this name.',
  SEGMENT_IN_USE: 'The segment is referred to by another segment or by a campaign that has not ended.',
  ELIGIBILITY_MISPLACED: 'An external rule stands elsewhere than as a conjunct at the root of the criteria.',
  ELIGIBILITY_NOT_CONFIGURED: 'The criteria name an external rule, but no eligibility port was given.',
  CAMPAIGN_NOT_FOUND: 'No campaign with this id exists for the tenant.',
  CAMPAIGN_NAME_TAKEN: 'The tenant already has a campaign of this name.',
  CAMPAIGN_TARGETING_REQUIRED: 'A campaign needs at least one targeting rule; `everyone()` counts as one.',
  CAMPAIGN_CHANNEL_REQUIRED: 'A campaign needs a message for at least one channel.',
  CAMPAIGN_CHANNEL_NOT_CONFIGURED: 'The campaign uses a channel for which the kit has no adapter.',
  CAMPAIGN_START_IN_PAST:
    'The campaign would be activated with a start that has passed; `launchNow` sets the start to now.',
  CAMPAIGN_ENDED:
    'The end date of the campaign has passed, or it was ended otherwise than by having sent all.',
  CAMPAIGN_OUTSIDE_DATES: 'A paused campaign resumes only between its start and its end.',
  CAMPAIGN_JUSTIFICATION_REQUIRED: 'Cancelling needs a justification of at least one non-blank character.',
  CAMPAIGN_HAS_EVENTS:
    'A campaign for which events exist, or whose messages are under way, cannot be deleted; archive it instead.',
  CAMPAIGN_IMMUTABLE: 'The content of a campaign cannot change once it is being prepared.',
  TRANSITION_NOT_ALLOWED: 'The transition table does not allow this action in the present status.',
  VERSION_CONFLICT:
    'The record was changed since the version that the caller expected; read it again and retry.',
  SCHEDULE_INVALID: 'The schedule has no occurrence in the future or contradicts itself.',
  TIME_ZONE_UNKNOWN: 'The time zone is not an IANA zone that this runtime knows.',
  STORAGE_NOT_DURABLE:
    'The storage loses its state with the process, the channel reaches people, and the host has not allowed that.',
  TEMPLATE_INVALID:
    'A template does not parse; `path` names the message part, `details` hold line and column.',
  TEMPLATE_RENDER_FAILED: 'A template failed for one customer; that delivery alone fails.',
  TEMPLATE_DATA_FAILED:
    'The `templateData` of the host threw or gave no Map; the messages wait until it answers, and nobody fails for it.',
  MJML_INVALID: 'A letter is no valid MJML; `details.problems` hold lines and what is wrong there.',
  MJML_NOT_INSTALLED: 'MJML is to be compiled, but the host has not installed the `mjml` package.',
  MESSAGE_TOO_LARGE: 'The rendered message exceeds what the channel accepts.',
  PUBLIC_HAS_NO_CUSTOMER:
    'A public channel (a post, a display) reaches nobody in particular; `path` names what needs a customer.',
  PUBLIC_HAS_NO_COUPON:
    'A coupon is a customer’s own; `path` names where it would be shown in public, or nobody would get it.',
  PUBLIC_HAS_NO_EXPERIMENT:
    'What is put in public is the same for all; `path` names the variants that would have nobody to compare.',
  EXPERIMENT_INVALID: 'The experiment contradicts itself: weights, holdout or names of variants.',
  RUN_NOT_FROZEN: 'A run of the campaign is being frozen; the same call works when that has ended.',
  EXPERIMENT_TOO_SMALL:
    'The audience has fewer contacts than the `minContacts` of the experiment asks for, 100 by default.',
  EXCLUSION_GROUP_UNKNOWN:
    'The campaign names an exclusion group that the host has not named for the tenant.',
  EXCLUSION_GROUP_TAKEN:
    'Slots of the exclusion group are held by another campaign that is scheduled or under way; `details` name it.',
  COUPON_NOT_CONFIGURED: 'A template shows a QR code, but the campaign has no coupon.',
  TOKEN_KEY_UNKNOWN: 'A sealed value names a key id that is not among the configured secrets.',
  SECRET_INVALID: 'A secret is missing, too short or has an id that is used twice.',
  SIGNATURE_INVALID: 'A signed link or webhook does not carry a valid signature.',
  LINK_NOT_ALLOWED: 'A link in a message is not absolute http, https, mailto or tel.',
  DELIVERY_NOT_FOUND: 'No delivery with this id exists for the tenant.',
  DELIVERY_NOT_HELD:
    'The delivery is not held and does not stand where the decision would put it; `path` names it.',
  REDEMPTION_AMBIGUOUS:
    'The key took several coupons, and `code` does not say which of them is given back; nothing is given back.',
  REDEMPTION_NOT_FOUND: 'No redemption with this id or key exists for the tenant.',
  ADDRESS_INVALID: 'The address is not of the form that its channel needs.',
  CHANNEL_FAILED: 'The channel adapter threw instead of answering with a result.',
  CHANNEL_MISCONFIGURED: 'The provider refuses the account or the configuration, not the message.',
  SINK_FAILED: 'An event sink did not take events; they come again later, and nothing else waits for it.',
  STORAGE_FAILED: 'The storage failed; `cause` holds what it said, `retry` whether a new try can help.',
  TRANSACTIONS_NOT_SUPPORTED: 'The storage cannot join a transaction of the host.',
  WORKER_RUNNING: 'This worker runs already; create a second one to run two.',
} as const

/** One of the stable codes in {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES

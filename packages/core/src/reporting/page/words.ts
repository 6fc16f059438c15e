import type { ChannelKind } from '../../model/channel-kind.js'
import type { DeliveryStatus } from '../../model/delivery.js'
import type { NotMeasuredReason } from '../../model/incremental.js'
import type { ArmReport, CampaignReport, ImpressionSource, ResponseTime } from '../../model/report.js'
import type { AnytimeView, Comparison, VerdictOutcome } from '../../model/verdict.js'

export const CHANNEL_WORDS: Readonly<Record<ChannelKind, string>> = {
  email: 'E-mail',
  sms: 'SMS',
  whatsapp: 'WhatsApp',
  push: 'Push',
  'in-app': 'In-app',
  web: 'Web',
  social: 'Social',
  display: 'Display',
}

export const OUTCOME_WORDS: Readonly<Record<VerdictOutcome, string>> = {
  winner: 'There is a winner',
  'no-difference': 'No clear difference',
  equivalent: 'No difference that matters',
  'keep-collecting': 'Too early to tell',
  invalid: 'Not to be trusted',
  'not-an-experiment': 'No comparison',
}

/** Why nobody knows what a campaign earned by itself. */
export const NOT_MEASURED_WORDS: Readonly<Record<NotMeasuredReason, string>> = {
  'no-holdout':
    'everybody was to get something. With a holdout, a small part of the audience that gets nothing, the next campaign can tell what would have been bought anyway.',
  'no-members': 'nobody got it yet, or nobody was left out.',
  'no-revenue': 'no amounts were recorded.',
  'several-currencies': 'revenue and cost are not all of one currency.',
}

/** What people did who count as converted. */
export const METRIC_WORDS: Readonly<Record<CampaignReport['metric'], string>> = {
  conversion: 'People who converted',
  redemption: 'People who redeemed',
  click: 'People who clicked',
}

export const ROLE_WORDS: Readonly<Record<ArmReport['role'], string>> = {
  variant: 'variant',
  holdout: 'got nothing, to measure the effect',
  remainder: 'waits for the verdict',
}

export const RESPONSE_WORDS: Readonly<Record<ResponseTime['type'], string>> = {
  opened: 'First open',
  clicked: 'First click',
  conversion: 'First conversion',
  redemption: 'First redemption',
}

export const SOURCE_WORDS: Readonly<Record<ImpressionSource, string>> = {
  delivered: 'messages that the provider reports as delivered',
  displayed: 'messages that were displayed',
  sent: 'messages sent, because deliveries are not reported',
}

export const STATUS_WORDS: Readonly<Record<DeliveryStatus, string>> = {
  queued: 'waiting',
  claimed: 'taken up',
  attempting: 'being sent',
  inDoubt: 'in doubt',
  sent: 'sent',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
  held: 'held for a person to decide',
}

export const METHOD_WORDS: Readonly<Record<Comparison['method'] | AnytimeView['method'], string>> = {
  'pooled-z': 'two-proportion z test',
  'fisher-exact': "Fisher's exact test",
  'boschloo-exact': "Boschloo's exact test",
  'mantel-haenszel': 'Cochran-Mantel-Haenszel test within strata',
  'stratified-exact': 'exact test within strata',
  'success-split': 'valid at any look',
  'stratified-success-split': 'valid at any look, within strata',
}

/**
 * Marketing campaigns from inside a Node application.
 *
 * @packageDocumentation
 */
export { ACTIONS, type AccessPolicy, type Action, allowAll } from './access/policy.js'
export type { WebhookCheck } from './access/webhook-signature.js'
export * from './assignment/allocation.js'
export type { ArmWeight } from './assignment/arms.js'
export * from './assignment/assign.js'
export * from './assignment/bucket.js'
export * from './assignment/exclusion-group.js'
export type { RankSalt } from './assignment/rank.js'
export * from './assignment/strata.js'
export type { Brand } from './base/brand.js'
export {
  CampaignKitError,
  type CampaignKitErrorOptions,
  isCampaignKitError,
  type Retry,
} from './base/error.js'
export { ERROR_CODES, type ErrorCode } from './base/error-code.js'
export type * from './base/ids.js'
export type { Money } from './base/money.js'
export type { DurationMs, Instant } from './base/time.js'
export { type CampaignKit, createCampaignKit, type WorkerOptions } from './client/create-campaign-kit.js'
export type * from './client/kit.js'
export type { CampaignKitOptions, TenantOptions } from './client/options.js'
export { type ConsoleLoggerOptions, createConsoleLogger } from './defaults/console-logger.js'
export { createInboxChannel, type InboxChannelOptions } from './defaults/inbox-channel.js'
export { createQrEncoder, type QrEncoderOptions } from './defaults/qr-encoder.js'
export { createMixpanelSink, type MixpanelSinkOptions } from './defaults/sinks/mixpanel-sink.js'
export { createWebhookSink, type WebhookSinkOptions } from './defaults/sinks/webhook-sink.js'
export { createSystemClock } from './defaults/system-clock.js'
export { createReceiptsHandler, type ReceiptsHandlerOptions } from './defaults/webhook/receipts-handler.js'
export {
  type IncomingWebhook,
  type VerifyWebhookOptions,
  verifyWebhook,
} from './defaults/webhook/verify-webhook.js'
export { createWebhookChannel, type WebhookChannelOptions } from './defaults/webhook/webhook-channel.js'
export type { WebhookTargetOptions } from './defaults/webhook/webhook-options.js'
export type { AskConsentInput, AskedConsent } from './engine/ask-consent.js'
export type { CallOptions } from './engine/call-options.js'
export type { ConsentQuestion } from './engine/confirm-consent.js'
export type { TemplateData } from './engine/context.js'
export type { Erasure } from './engine/erase-customers.js'
export type { MessageEstimate } from './engine/estimate-run.js'
export type { ExplainedCustomer } from './engine/explain-customer.js'
export type { DeliveryTrace } from './engine/explain-delivery.js'
export type { PlacementChoice, PostTrace } from './engine/explain-post.js'
export type { GuessGuard } from './engine/guess-guard.js'
export type {
  ImportCallOptions,
  ImportOptions,
  ImportOutcome,
  ImportProgress,
  ImportSource,
} from './engine/import-customers.js'
export type { ImportPath } from './engine/import-options.js'
export { ROW_REFUSALS, type RowRefusal } from './engine/import-refusals.js'
export type { BadRow } from './engine/import-row.js'
export type { InboxMessage } from './engine/inbox-message.js'
export type { IngestOutcome } from './engine/ingest-receipts.js'
export type { MessageSize, PreflightFinding } from './engine/inspect-messages.js'
export type { CouponPage, LinkHost } from './engine/link-host.js'
export type { InboxOptions } from './engine/list-inbox.js'
export type { CustomerReading } from './engine/manage-customers.js'
export type { InboxOutcome } from './engine/mark-inbox.js'
export type {
  PreferenceCentre,
  SavedPreferences,
  SubmittedPreferences,
} from './engine/preference-centre.js'
export type { PreferenceChoice } from './engine/preference-choices.js'
export type { Preflight } from './engine/preflight.js'
export type { StratumSize } from './engine/preflight-strata.js'
export type { MessagePreview, PreviewOptions } from './engine/preview-message.js'
export type { PostPreview } from './engine/preview-posts.js'
export type { Reach, ReachOptions } from './engine/reach.js'
export type { CampaignFilter } from './engine/read-campaigns.js'
export type { ReceiveOptions, ReceiveOutcome } from './engine/receive-message.js'
export type { ReclassifyOutcome } from './engine/reclassify-events.js'
export type { AddressInput, SuppressionInput } from './engine/record-consents.js'
export type { ResealOutcome } from './engine/reseal.js'
export type { RollOutOptions } from './engine/roll-out.js'
export type { TestSendOptions, TestSendResult } from './engine/send-test.js'
export type { SettleHeldOptions, SettleHeldOutcome } from './engine/settle-held.js'
export type { SinkState } from './engine/sink-states.js'
export type { Till, TillKey, TillKeyInput } from './engine/till-keys.js'
export type { TraceStep } from './engine/trace-step.js'
export type { TrackOutcome } from './engine/track-events.js'
export type { DrainOptions, TickOutcome, Worker } from './engine/worker.js'
export { isMachine, MACHINE_RULE_VERSION, machineRule } from './metrics/machine-rule.js'
export type { Campaign, CampaignContent, CampaignInput, CampaignPatch } from './model/campaign.js'
export { CAMPAIGN_TRANSITIONS, type CampaignAction, type CampaignStatus } from './model/campaign-status.js'
export type { ChannelKind } from './model/channel-kind.js'
export type { ConsentInput, ConsentRecord } from './model/consent.js'
export type { Coupon, Reward } from './model/coupon.js'
export type {
  Comparison as CriteriaComparison,
  Criteria,
  InstantFact,
  NumberFact,
  Scalar,
} from './model/criteria.js'
export type { LegacyCriteria } from './model/criteria-legacy.js'
export { type CriteriaInput, readCriteria } from './model/criteria-schema.js'
export type {
  AttributeValue,
  Customer,
  CustomerFacts,
  CustomerInput,
  CustomerView,
} from './model/customer.js'
export type { Delivery, DeliveryStatus } from './model/delivery.js'
export type { Attribution, CampaignEvent, TrackedEventInput } from './model/event.js'
export { EXCLUSIONS, type ExclusionCode, type SkipCode } from './model/exclusion.js'
export type { ExclusionGroupClaim, SlotRange } from './model/exclusion-group.js'
export type { Arm, Experiment, Variant } from './model/experiment.js'
export type { InstantInput } from './model/fields.js'
export type { InboundIntent, InboundMessage } from './model/inbound-message.js'
export type * from './model/incremental.js'
export type { Interaction, InteractionFacts, MachineRule } from './model/interaction.js'
export type { JournalEntry } from './model/journal.js'
export type { Json, JsonObject } from './model/json.js'
export type { Member } from './model/member.js'
export type {
  EmailMessage,
  MessageOverrides,
  Messages,
  NoticeMessage,
  PublicMessage,
  PushMessage,
  TextMessage,
  WhatsappMessage,
} from './model/message.js'
export type { Rate } from './model/metrics.js'
export { type Pace, perHour, perMinute, perSecond } from './model/pace.js'
export type { Page, PageRequestInput } from './model/page.js'
export type { DeliveryCounts, Progress } from './model/progress.js'
export type { PublicPlacement } from './model/public-placement.js'
export type { Receipt, ReceiptType } from './model/receipt.js'
export type {
  RedeemOptions,
  Redemption,
  RedemptionOutcome,
  RefusedRedemption,
  ReverseOptions,
} from './model/redemption.js'
export type * from './model/report.js'
export type { Rollout } from './model/rollout.js'
export type { AudienceCounts, FreezeState, Run } from './model/run.js'
export type { Schedule, Weekday } from './model/schedule.js'
export type { Actor, Scope, ScopeInput } from './model/scope.js'
export type { SealablePath, SealedValue, SealedValues } from './model/sealed.js'
export type { Segment, SegmentInput } from './model/segment.js'
export type { SuppressionReason } from './model/suppression.js'
export type { TopicLabel, Topics } from './model/topic.js'
export type { Estimate, Verdict } from './model/verdict.js'
export type {
  Channel,
  ContentRemark,
  MessageAttachment,
  MessageTemplate,
  RenderedMessage,
  SendResult,
} from './ports/channel.js'
export type { Clock } from './ports/clock.js'
export type { Eligibility } from './ports/eligibility.js'
export type { EventSink } from './ports/event-sink.js'
export type { Logger } from './ports/logger.js'
export type { KitEvents } from './ports/observer.js'
export type { Storage } from './ports/storage/storage.js'
export type { ProviderRecord, Reconciliation } from './reporting/reconcile.js'
export * from './segmentation/builders.js'
export type { ExplainedNode, Truth } from './segmentation/explain.js'

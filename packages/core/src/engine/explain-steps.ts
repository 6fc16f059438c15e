import type { Campaign } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Attempt, AttemptOutcome, Delivery, DeliveryStatus } from '../model/delivery.js'
import { SKIPS, type SkipCode } from '../model/exclusion.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { paceOf } from './lane-pace.js'
import { type TraceStep, traceStep } from './trace-step.js'

/** Where the campaign stands. */
export function campaignStep({ status, launchedAt, updatedAt }: Campaign): TraceStep {
  const words = `The campaign is ${status}`
  return traceStep({
    stage: 'campaign',
    at: updatedAt,
    passed: launchedAt === null ? 'no' : 'yes',
    code: status,
    words,
  })
}

/** The way of one delivery: its permit, every attempt, its end and every receipt. */
export async function deliverySteps(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  delivery: Delivery,
): Promise<readonly TraceStep[]> {
  const { channel } = delivery
  const attempts = await context.storage.deliveries.attemptsOf(scope, delivery.id)
  const receipts = Object.entries(delivery.receipts).sort(([, left], [, right]) => left - right)
  return [
    permitStep(context, campaign, delivery),
    ...attempts.map((attempt) => attemptStep(attempt, channel)),
    endStep(delivery),
    ...receipts.map(([type, at]) => {
      const words = `The provider says: ${type}`
      return traceStep({ stage: 'receipt', at, channel, passed: 'yes', code: type, words })
    }),
  ]
}

function permitStep(
  context: EngineContext,
  campaign: Campaign,
  { channel, firstDueAt }: Delivery,
): TraceStep {
  const pace = paceOf({ campaign, kind: channel })
  const due = firstDueAt <= context.clock.now()
  return traceStep({
    stage: 'permit',
    at: firstDueAt,
    channel,
    passed: due ? 'yes' : 'unknown',
    code: due ? 'due' : 'notYetDue',
    words: `At most ${pace.limit} in ${pace.periodMs / 1_000} s; due at the earliest then`,
  })
}

const OF_ATTEMPT: Readonly<Record<AttemptOutcome, TraceStep['passed']>> = {
  accepted: 'yes',
  open: 'unknown',
  unknown: 'unknown',
  transient: 'no',
  permanent: 'no',
  throttled: 'no',
  misconfigured: 'no',
}

function attemptStep({ outcome, code, startedAt }: Attempt, channel: ChannelKind): TraceStep {
  const passed = OF_ATTEMPT[outcome]
  const words = `Attempt: ${outcome}`
  return traceStep({ stage: 'attempt', at: startedAt, channel, passed, code: code ?? outcome, words })
}

const OF_DELIVERY: Readonly<Record<DeliveryStatus, TraceStep['passed']>> = {
  queued: 'unknown',
  claimed: 'unknown',
  attempting: 'unknown',
  inDoubt: 'unknown',
  held: 'unknown',
  sent: 'yes',
  failed: 'no',
  skipped: 'no',
  cancelled: 'no',
}

function endStep({ channel, status, reason, sentAt, settledAt, dueAt }: Delivery): TraceStep {
  const passed = OF_DELIVERY[status]
  const why = reason === null ? '' : `: ${Object.hasOwn(SKIPS, reason) ? SKIPS[reason as SkipCode] : reason}`
  return traceStep({
    stage: 'delivery',
    at: sentAt ?? settledAt ?? dueAt,
    channel,
    passed,
    code: passed === 'no' && reason !== null ? reason : status,
    words: `${status}${why}`,
  })
}

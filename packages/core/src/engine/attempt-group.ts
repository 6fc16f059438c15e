import type { AddressKey, AttemptId } from '../base/ids.js'
import type { Instant } from '../base/time.js'
import type { Scope } from '../model/scope.js'
import type { SendResult } from '../ports/channel.js'
import type { Permit } from '../ports/rate-limiter.js'
import type { Settlement } from '../ports/storage/delivery-store.js'
import { callChannel, type OpenAttempt, type ReadyMessage } from './call-channel.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'
import { expiryOf } from './expiry.js'
import { accountLimit, type LanePace } from './lane-pace.js'
import { resumesAt, settlementOf, uncalled } from './settlements.js'
import type { RefusedAddress, Settler } from './settler.js'
import { sleepUnlessStopped } from './sleep-unless-stopped.js'
import type { SlotSource } from './slot-source.js'
import type { UsualTime } from './usual-time.js'

/** Why a lane sends nothing more for now. */
export interface Stop {
  readonly resumeAt: Instant
  /** The channel's code when the provider refused account or configuration. */
  readonly misconfigured: string | null
}

/** What all groups of a lane share. */
export interface Sending {
  readonly lane: ChannelLane
  readonly pace: LanePace
  readonly settler: Settler
  readonly reserve: SlotSource
  /** What it takes to put a group on record. */
  readonly opening: UsualTime
  stop: Stop | null
}

/** Messages that leave on the slots of a permit. */
export interface AttemptGroup {
  /** All of one weight. */
  readonly messages: readonly ReadyMessage[]
  readonly permit: Permit
  readonly signal: AbortSignal | undefined
}

/** When a call may be made: not before `at`, not after `until`. */
interface Slot {
  readonly at: Instant
  readonly until: Instant
}

const PASSED: Slot = { at: 0, until: 0 }

/**
 * Makes the attempts of a group: puts all of them on record, then calls the provider, each call at its slot, and
 * settles results as they come. Resolves when all are settled.
 */
export async function attemptGroup(
  context: EngineContext,
  scope: Scope,
  sending: Sending,
  group: AttemptGroup,
): Promise<void> {
  const { messages, signal } = group
  const opened = await sending.opening.of(() => openAttempts(context, scope, sending.lane, messages))
  const permit = await permitInTime(context, sending, group)
  const calls: Promise<void>[] = []
  for (let first = 0; first < messages.length; first += sending.pace.callSize) {
    const size = Math.min(sending.pace.callSize, messages.length - first)
    const attempts = opened.slice(first, first + size).filter((attempt) => attempt !== null)
    if (attempts.length > 0)
      calls.push(callInSlot(context, scope, sending, attempts, slotOf(permit, first + size), signal))
  }
  const ended = await Promise.allSettled(calls)
  for (const call of ended) if (call.status === 'rejected') throw call.reason
}

/**
 * The permit of a group, or another one when the slot of its first call has passed while the storage was slow: one for
 * all, since calls that ask one by one wait for each other.
 */
async function permitInTime(
  { clock }: EngineContext,
  { pace, reserve }: Sending,
  { messages, permit }: AttemptGroup,
): Promise<Permit> {
  if (clock.now() <= slotOf(permit, Math.min(pace.callSize, messages.length)).until) return permit
  const limits = pace.limitsFor(messages[0]?.weight ?? 1)
  const renewed = await reserve({ limits, count: messages.length, horizonMs: pace.horizonMs })
  return renewed.count > 0 ? renewed : permit
}

/** Null stands for those that another worker has taken over. */
async function openAttempts(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  messages: readonly ReadyMessage[],
): Promise<readonly (OpenAttempt | null)[]> {
  const now = context.clock.now()
  const attempts = messages.map((message) => ({
    message,
    attemptId: context.ids.next('attempt') as AttemptId,
    startedAt: now,
  }))
  const entries = attempts.map(({ message: { held, addressKey }, attemptId }) => ({
    deliveryId: held.delivery.id,
    fence: held.fence,
    attemptId,
    addressKey,
  }))
  const at = {
    worker: lane.worker,
    now,
    leaseUntil: now + context.settings.leaseMs + lane.channel.capabilities.callTimeoutMs,
  }
  const ours = new Set(await context.storage.deliveries.openWindow(scope, entries, at))
  return attempts.map((attempt) => (ours.has(attempt.message.held.delivery.id) ? attempt : null))
}

/** The slot of the last of so many messages: with it a call that carries them leaves. */
function slotOf({ firstAt, intervalMs, slackMs, count }: Permit, messages: number): Slot {
  if (messages > count) return PASSED
  const last = firstAt + (messages - 1) * intervalMs
  return { at: Math.ceil(last), until: Math.floor(last + slackMs) }
}

/** Makes a call at its slot; one that has passed is reserved anew, and one that comes too late is not made. */
async function callInSlot(
  context: EngineContext,
  scope: Scope,
  sending: Sending,
  attempts: readonly OpenAttempt[],
  slot: Slot,
  signal: AbortSignal | undefined,
): Promise<void> {
  const awake = await sleepUnlessStopped(context, slot.at, signal)
  if (!awake || sending.stop !== null) return giveBack(sending, attempts)
  const now = context.clock.now()
  if (attempts.some((attempt) => isTooLate(context, sending.lane, attempt, now)))
    return giveBack(sending, attempts)
  if (now <= slot.until) return call(context, scope, sending, attempts)
  const { limitsFor, horizonMs } = sending.pace
  const limits = limitsFor(attempts[0]?.message.weight ?? 1)
  const permit = await sending.reserve({ limits, count: attempts.length, horizonMs })
  if (permit.count === 0) {
    halt(sending, { resumeAt: permit.firstAt, misconfigured: null })
    return giveBack(sending, attempts)
  }
  const rest = attempts.slice(permit.count)
  await Promise.all([
    callInSlot(
      context,
      scope,
      sending,
      attempts.slice(0, permit.count),
      slotOf(permit, permit.count),
      signal,
    ),
    rest.length === 0 ? null : callInSlot(context, scope, sending, rest, PASSED, signal),
  ])
}

/**
 * Whether nobody may get the message any more, or the worker stood still until its lease had ended: another one may have
 * decided meanwhile what becomes of the attempt.
 */
function isTooLate(
  { settings }: EngineContext,
  { campaign }: ChannelLane,
  { message, startedAt }: OpenAttempt,
  now: Instant,
): boolean {
  const leasedUntil = startedAt + settings.leaseMs
  return now >= Math.min(leasedUntil, expiryOf(campaign, message.held.delivery) ?? leasedUntil)
}

async function giveBack({ settler }: Sending, attempts: readonly OpenAttempt[]): Promise<void> {
  await settler.write(
    attempts.map(({ message, attemptId }) => uncalled(message.held, attemptId)),
    [],
  )
}

async function call(
  context: EngineContext,
  scope: Scope,
  sending: Sending,
  attempts: readonly OpenAttempt[],
): Promise<void> {
  const { lane, settler } = sending
  const answers = await callChannel(context, scope, lane, attempts)
  const settlements: Settlement[] = []
  const refused: RefusedAddress[] = []
  let resumesAt: Instant | null = null
  for (const { attempt, result } of answers) {
    halt(sending, stopOf(context, result))
    settlements.push(settlementOf(context, attempt, result, lane.channel.capabilities))
    refused.push(...refusalOf(attempt.message.addressKey, result))
    resumesAt = later(resumesAt, resumeOf(context, result))
  }
  const written = settler.write(settlements, refused)
  try {
    if (resumesAt !== null) await slowDown(context, scope, lane, resumesAt)
  } finally {
    await written
  }
}

function later(left: Instant | null, right: Instant | null): Instant | null {
  return left === null || right === null ? (left ?? right) : Math.max(left, right)
}

function refusalOf(addressKey: AddressKey | null, result: SendResult): readonly RefusedAddress[] {
  if (addressKey === null || result.outcome !== 'permanent') return []
  if (result.suppress === 'requested') return [{ addressKey, reason: 'requested' }]
  return result.suppress === true ? [{ addressKey, reason: 'invalid' }] : []
}

/** When the provider lets the account go on; null when it did not stop it. */
function resumeOf(context: EngineContext, result: SendResult): Instant | null {
  if (result.outcome === 'throttled') return resumesAt(context, result.retryAfterMs)
  const pauseForMs = result.outcome === 'accepted' ? (result.pauseForMs ?? 0) : 0
  return pauseForMs > 0 ? resumesAt(context, pauseForMs) : null
}

function stopOf(context: EngineContext, result: SendResult): Stop | null {
  const resumeAt = resumeOf(context, result)
  if (resumeAt !== null) return { resumeAt, misconfigured: null }
  if (result.outcome === 'misconfigured') return { resumeAt: context.clock.now(), misconfigured: result.code }
  return null
}

/** The latest of several stops counts, and that of a refused account above all. */
function halt(sending: Sending, stop: Stop | null): void {
  if (stop === null) return
  const { resumeAt = 0, misconfigured = null } = sending.stop ?? {}
  sending.stop = {
    resumeAt: Math.max(resumeAt, stop.resumeAt),
    misconfigured: misconfigured ?? stop.misconfigured,
  }
}

async function slowDown(
  context: EngineContext,
  scope: Scope,
  lane: ChannelLane,
  until: Instant,
): Promise<void> {
  await context.limiter.postpone(scope, accountLimit(scope, lane), until)
  context.observer.emit('channel.throttled', { scope, channel: lane.kind, until })
}

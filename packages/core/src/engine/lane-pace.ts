import { DAY_MS, type DurationMs, SECOND_MS } from '../base/time.js'
import { DEFAULT_PACES, type Pace } from '../model/pace.js'
import type { Scope } from '../model/scope.js'
import type { RateLimit } from '../ports/rate-limiter.js'
import { spacingMsOf } from '../throttling/spacing.js'
import type { ChannelLane } from './channel-lane.js'
import type { EngineContext } from './context.js'

/** Most deliveries that a worker claims at once. */
export const CHUNK_SIZE = 100
/** Most of the pace that one chunk may take up: a pause takes effect after this. */
export const CHUNK_HORIZON_MS = 10 * SECOND_MS
/** Attempts whose slots lie within so long are put on record together. */
const GROUP_MS = 50
/** The next chunk is made ready when what is left of one takes no longer than this, at most. */
const AHEAD_MS = SECOND_MS
/** How much of a pace may be given up so that calls can carry several messages. */
const CALL_SHARE = 0.01
/** For accounts that the channel names no pace for: postponing them needs a limit, sending does not. */
const UNBOUNDED: Pace = { limit: 1_000_000_000_000, periodMs: DAY_MS }

/** How fast a lane goes, and in which portions. */
export interface LanePace {
  /** Every limit that its messages stand under. */
  readonly limits: readonly RateLimit[]
  /** Deliveries that are claimed when so much time is left for them: 1 to {@link CHUNK_SIZE}. */
  chunkSize(leftMs: DurationMs): number
  /** The distance of two slots. */
  readonly spacingMs: DurationMs
  /** How long before the end of a chunk the next is made ready: a small part of the lease. */
  readonly aheadMs: DurationMs
  /** How long a chunk may take; what has no slot by then is given back. */
  readonly horizonMs: DurationMs
  /** Attempts that are put on record at once: at most half a window, so that others are under way meanwhile. */
  readonly groupSize: number
  /** Messages of one call. */
  readonly callSize: number
}

/** The pace of a campaign on a channel. */
export function paceOf({ campaign, kind }: Pick<ChannelLane, 'campaign' | 'kind'>): Pace {
  return campaign.content.pace[kind] ?? DEFAULT_PACES[kind]
}

/** The provider account that a tenant sends with on a channel. */
export function accountOf(scope: Scope, { channel }: Pick<ChannelLane, 'channel'>): string {
  return channel.accountOf?.(scope) ?? channel.capabilities.account
}

/** The limit of the provider account behind a channel, shared by whoever uses it. */
export function accountLimit(scope: Scope, lane: Pick<ChannelLane, 'channel'>): RateLimit {
  const { accountPace } = lane.channel.capabilities
  return { key: `account:${accountOf(scope, lane)}`, pace: accountPace ?? UNBOUNDED, sharedByTenants: true }
}

/** Works out the limits of a lane and the portions in which it sends. */
export function lanePace(context: EngineContext, scope: Scope, lane: ChannelLane): LanePace {
  const { window, batchSize } = lane.channel.capabilities
  const whole = limitsOf(context, scope, lane)
  const limits = whole.map((limit) => ({ ...limit, pace: withRoomForCalls(limit.pace, batchSize) }))
  const spacingMs = Math.max(...limits.map(({ pace }) => spacingMsOf(pace)))
  const horizonMs = Math.min(CHUNK_HORIZON_MS, Math.floor(context.settings.leaseMs / 2))
  const callSize = Math.min(...whole.map(({ pace }) => mostInCall(pace, batchSize)))
  const together = Math.min(1 + Math.floor(GROUP_MS / spacingMs), Math.floor(window / 2))
  return {
    limits,
    horizonMs,
    chunkSize: (leftMs) =>
      Math.max(1, Math.min(CHUNK_SIZE, Math.floor(Math.min(leftMs, horizonMs) / spacingMs))),
    spacingMs,
    aheadMs: Math.min(AHEAD_MS, Math.floor(horizonMs / 2)),
    groupSize: Math.max(callSize, together),
    callSize,
  }
}

function limitsOf(context: EngineContext, scope: Scope, lane: ChannelLane): readonly RateLimit[] {
  const tenantPace = context.settings.tenant(scope.tenant).pace[lane.kind]
  return [
    { key: `campaign:${lane.campaign.id}:${lane.kind}`, pace: paceOf(lane), sharedByTenants: false },
    ...(tenantPace === undefined
      ? []
      : [{ key: `channel:${lane.kind}`, pace: tenantPace, sharedByTenants: false }]),
    accountLimit(scope, lane),
  ]
}

function mostInCall({ limit }: Pace, batchSize: number): number {
  return Math.min(batchSize, 1 + Math.floor(limit * CALL_SHARE))
}

/**
 * The messages of a call leave at the last of their slots, so that a window which begins with a call holds up to
 * `size - 1` messages more than slots. A limit that is so much lower makes up for it, whatever sizes calls have.
 */
function withRoomForCalls(pace: Pace, batchSize: number): Pace {
  return { ...pace, limit: pace.limit - mostInCall(pace, batchSize) + 1 }
}

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
  /**
   * Every limit that messages of this weight stand under, each as one that takes so many slots. Room is left for the
   * heaviest that the lane has met, so that no window holds more because it ends with one.
   */
  limitsFor(weight: number): readonly RateLimit[]
  /** The heaviest message that the lane has met; 0 before the first. */
  readonly heaviest: number
  /** Meets a message. */
  meet(weight: number): void
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
export function lanePace(context: EngineContext, scope: Scope, lane: ChannelLane, met = 0): LanePace {
  const { window } = lane.channel.capabilities
  // a call whose messages weigh differently would leave on no slot of its own
  const batchSize = lane.channel.weigh === undefined ? lane.channel.capabilities.batchSize : 1
  const whole = limitsOf(context, scope, lane)
  const limits = whole.map((limit) => ({ ...limit, pace: withRoomForCalls(limit.pace, batchSize) }))
  const spacingMs = Math.max(...limits.map(({ pace }) => spacingMsOf(pace)))
  const horizonMs = Math.min(CHUNK_HORIZON_MS, Math.floor(context.settings.leaseMs / 2))
  const callSize = Math.min(...whole.map(({ pace }) => mostInCall(pace, batchSize)))
  const together = Math.min(1 + Math.floor(GROUP_MS / spacingMs), Math.floor(window / 2))
  let heaviest = met
  return {
    limitsFor: (weight) => {
      const most = Math.max(heaviest, weight)
      return most === 1
        ? limits
        : limits.map((limit) => ({ ...limit, pace: weighed(limit.pace, weight, most) }))
    },
    get heaviest() {
      return heaviest
    },
    meet: (weight) => {
      heaviest = Math.max(heaviest, weight)
    },
    horizonMs,
    chunkSize: (leftMs) => {
      const messageMs = spacingMs * Math.max(1, heaviest)
      return Math.max(1, Math.min(CHUNK_SIZE, Math.floor(Math.min(leftMs, horizonMs) / messageMs)))
    },
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
 * The pace of messages that take so many slots each, where the heaviest takes `most`. A window that ends with one holds
 * up to `most - 1` more than its slots, for which the limit is lower; by half at most, since a limit that is less than
 * two such messages can be kept on the average alone.
 */
export function weighed(pace: Pace, weight: number, most: number): Pace {
  const { limit } = pace
  const left = most > limit ? limit : Math.max(Math.ceil(limit / 2), limit - most + 1)
  return { ...pace, limit: left / weight }
}

/**
 * The messages of a call leave at the last of their slots, so that a window which begins with a call holds up to
 * `size - 1` messages more than slots. A limit that is so much lower makes up for it, whatever sizes calls have.
 */
function withRoomForCalls(pace: Pace, batchSize: number): Pace {
  return { ...pace, limit: pace.limit - mostInCall(pace, batchSize) + 1 }
}

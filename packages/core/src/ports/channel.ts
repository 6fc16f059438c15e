import type { AttemptId, CampaignId, DeliveryId, RunId } from '../base/ids.js'
import type { DurationMs } from '../base/time.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Pace } from '../model/pace.js'
import type { ReceiptType } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'

/** What one message costs: so many minor units for so many messages. */
export interface MessagePrice {
  readonly amountMinor: number
  readonly per: number
  readonly currency: string
}

/** What a channel says of itself. Declared, never found out by trying. */
export interface ChannelCapabilities {
  readonly kind: ChannelKind
  /** `public` has no customer: a social post, a display placement. */
  readonly addressing: 'person' | 'public'
  /** False for recorders and previews: such a channel may be used over a storage that is not durable. */
  readonly reachesPeople: boolean
  /** The provider account whose limits are shared, such as a key's fingerprint. */
  readonly account: string
  /** Attempts that the channel has in flight at once: 1 to 1,000. What a crash may leave in doubt. */
  readonly window: number
  /** Messages that one call of {@link Channel.send} takes: 1 to `window`. */
  readonly batchSize: number
  /** Receipts that the provider sends; empty when none. */
  readonly receipts: readonly ReceiptType[]
  /** How long after an attempt a receipt may still tell whether it was sent; 0 when there are none. */
  readonly receiptWindowMs: DurationMs
  /** Whether a second call with the same `idempotencyKey` sends nothing. */
  readonly idempotencyKeys: boolean
  /** A call of {@link Channel.send} has come back, one way or another, after this long; leases last longer than it. */
  readonly callTimeoutMs: DurationMs
  /** Largest message that the provider takes, in bytes. */
  readonly maxMessageBytes: number
  readonly price: MessagePrice | null
  /** Pace of the account as a whole; null when only the campaign's counts. */
  readonly accountPace: Pace | null
}

/** A file that goes with a message. */
export interface MessageAttachment {
  readonly filename: string
  readonly contentType: string
  readonly bytes: Uint8Array
  /** Referred to in the html as `cid:`; inline when present. */
  readonly contentId?: string
}

/** A message as a person will see it: all templates filled in. */
export type RenderedMessage =
  | {
      readonly type: 'email'
      readonly subject: string
      readonly html: string | null
      readonly text: string
      readonly replyTo: string | null
      /** List-Unsubscribe and the like; names in their usual case. */
      readonly headers: Readonly<Record<string, string>>
      readonly attachments: readonly MessageAttachment[]
    }
  | { readonly type: 'text'; readonly body: string }
  | {
      readonly type: 'notice'
      readonly title: string
      readonly body: string
      readonly link: string | null
      readonly image: string | null
      /** What goes with the text for the app or the page; absent when there is nothing. */
      readonly data?: Readonly<Record<string, string>>
      /** Where it is shown; absent when the campaign names no place. */
      readonly placement?: string
      /** Seconds after it was sent within which it may be shown; absent for as long as one likes. */
      readonly timeToLiveSeconds?: number
    }

/** One message on its way out. */
export interface OutgoingMessage {
  readonly deliveryId: DeliveryId
  readonly attemptId: AttemptId
  readonly campaignId: CampaignId
  readonly runId: RunId
  /** The same for every attempt of a delivery. */
  readonly idempotencyKey: string
  readonly to: string
  readonly content: RenderedMessage
}

/** How one message of a call ended. Codes are words without personal data. */
export type SendResult =
  | {
      readonly outcome: 'accepted'
      readonly providerMessageId: string | null
      /** What it really cost, when the provider says so: millionths of a minor unit of the price's currency. */
      readonly costMicros?: number
      /** The account is used up for so long, as the provider says: nothing else is sent meanwhile. */
      readonly pauseForMs?: DurationMs
    }
  /**
   * Not sent, and a later try may work. `outage` when the provider or the way to it failed, whatever the message: after
   * several in a row its account is left alone for a while.
   */
  | {
      readonly outcome: 'transient'
      readonly code: string
      readonly retryAfterMs?: DurationMs
      readonly outage?: boolean
    }
  /** Not sent, and no try will work; `suppress` when the address itself is dead. */
  | { readonly outcome: 'permanent'; readonly code: string; readonly suppress?: boolean }
  /** Not sent because the account is too fast: moves the pace, spends no try. */
  | { readonly outcome: 'throttled'; readonly code: string; readonly retryAfterMs: DurationMs }
  /** Not sent because the account or the configuration is refused: pauses the campaign. */
  | { readonly outcome: 'misconfigured'; readonly code: string }
  /** Nobody can tell whether it was sent; `outage` as above. */
  | { readonly outcome: 'unknown'; readonly code: string; readonly outage?: boolean }

/** A way to reach people, or the public. */
export interface Channel {
  readonly capabilities: ChannelCapabilities
  /** The account that a tenant sends with, where tenants have accounts of their own; else `capabilities.account`. */
  accountOf?(scope: Scope): string
  /**
   * Makes one attempt for each message of the batch. Never retries by itself and keeps nothing.
   *
   * @param batch - 1 to `capabilities.batchSize` messages
   * @returns one result a message, in the order of the batch. A throw counts as `unknown` for the whole batch
   */
  send(
    scope: Scope,
    batch: readonly OutgoingMessage[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly SendResult[]>
  /** Lets go of connections. */
  close?(): Promise<void>
}

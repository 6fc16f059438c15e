import type { AttemptId, CampaignId, DeliveryId, RunId } from '../base/ids.js'
import type { DurationMs, Instant } from '../base/time.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { Pace } from '../model/pace.js'
import type { ReceiptType } from '../model/receipt.js'
import type { Scope } from '../model/scope.js'

/** What messages cost: so many minor units for so many messages, each counted by its weight. */
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

/** A text that lies at the provider and was approved there, with what is filled in. */
export interface MessageTemplate {
  /** The provider's id of it. */
  readonly id: string
  /** By the names that the provider's text gives them. */
  readonly variables: Readonly<Record<string, string>>
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
      /** What the kit counts by links and a pixel of its own, so that the provider must not. Absent for neither. */
      readonly tracked?: { readonly clicks: boolean; readonly opens: boolean }
    }
  | {
      readonly type: 'text'
      /** Empty only where a template is all that there is. */
      readonly body: string
      /** The provider's approved template that says it where free text may not be sent. */
      readonly template?: MessageTemplate
    }
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
  /** From this instant on nobody may get it any more: the campaign's end or the time to live. Absent for never. */
  readonly expiresAt?: Instant
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
  /** Not sent, and no try will work. */
  | {
      readonly outcome: 'permanent'
      readonly code: string
      /** True when the address itself is dead; `requested` when its owner told the provider to stop. */
      readonly suppress?: boolean | 'requested'
    }
  /** Not sent because the account is too fast: moves the pace, spends no try. */
  | { readonly outcome: 'throttled'; readonly code: string; readonly retryAfterMs: DurationMs }
  /** Not sent because the account or the configuration is refused: pauses the campaign. */
  | { readonly outcome: 'misconfigured'; readonly code: string }
  /** Nobody can tell whether it was sent; `outage` as above. */
  | { readonly outcome: 'unknown'; readonly code: string; readonly outage?: boolean }

/** What a channel has to say of a message before anybody gets it. */
export interface ContentRemark {
  readonly severity: 'error' | 'warning'
  /** Stable word: `transliterated`, `tooManySegments`. */
  readonly code: string
  /** The part of the message, such as `body`. */
  readonly part: string
  readonly message: string
}

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
  /**
   * The content as it will go out, where the channel changes it: what previews show, and what {@link Channel.send} is
   * given. Pure; done twice it changes nothing more.
   */
  prepare?(content: RenderedMessage): RenderedMessage
  /**
   * How many messages one counts as, in price and pace: the segments of an SMS. Pure, and a whole number from 1 to 100.
   *
   * @param content - as {@link Channel.prepare} gives it
   * @default 1
   */
  weigh?(content: RenderedMessage): number
  /** What is to be known of a message before launch; preflight tells it. Pure. @param content - as it was written */
  inspect?(content: RenderedMessage): readonly ContentRemark[]
  /** Lets go of connections. */
  close?(): Promise<void>
}

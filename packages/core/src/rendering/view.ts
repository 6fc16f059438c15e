import type { Instant } from '../base/time.js'
import type { Reward } from '../model/coupon.js'
import type { Customer } from '../model/customer.js'

/** The coupon of a customer, as templates show it. */
export interface CouponView {
  readonly code: string
  /** The link that the image encodes. */
  readonly link: string
  readonly reward: Reward
  readonly expiresAt: Instant | null
  readonly terms?: string | undefined
  /** The image; asked for only when the message shows it. */
  readonly png: () => Uint8Array
}

/** Everything that a message is filled in from. */
export interface RenderView {
  readonly customer: Customer
  /** In which dates and amounts are written; the customer's own when absent, then English. */
  readonly locale?: string | undefined
  readonly campaign: {
    readonly id: string
    readonly name: string
    readonly type: string
    readonly metadata?: Readonly<Record<string, unknown>>
  }
  readonly variant: string
  readonly coupon: CouponView | null
  /** What the host supplies under `data.` */
  readonly data: Readonly<Record<string, unknown>>
  /** The page on which a person unsubscribes. */
  readonly unsubscribeUrl: string | null
  /** The page on which a person chooses what they receive. */
  readonly preferencesUrl: string | null
  /** Takes the POST of RFC 8058. */
  readonly oneClickUrl: string | null
  /** Makes a tracked link out of a link. */
  readonly track: (url: string) => string
  readonly openPixelUrl: string | null
  readonly now: Instant
  /** IANA zone in which dates are written. */
  readonly timeZone: string
}

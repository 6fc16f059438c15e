/**
 * The pages and redirects behind the links in messages, as one function from Request to Response.
 *
 * @packageDocumentation
 */
export {
  CampaignKitError,
  type CampaignKitErrorOptions,
  isCampaignKitError,
  type Retry,
} from './base/error.js'
export type { ErrorCode } from './base/error-code.js'
export type { Instant } from './base/time.js'
export type { LanguagesOption, TextsOption } from './endpoints/choose-texts.js'
export { createEndpoints } from './endpoints/create-endpoints.js'
export type { EndpointOptions } from './endpoints/endpoint-options.js'
export type { TillOf } from './endpoints/redeem.js'
export type { EndpointTexts } from './endpoints/texts.js'
export type { CouponPage, LinkHost } from './engine/link-host.js'
export type { Reward } from './model/coupon.js'

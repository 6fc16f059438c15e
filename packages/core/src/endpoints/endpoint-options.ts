import * as z from 'zod'
import type { LinkHost } from '../engine/link-host.js'
import type { LanguagesOption, TextsOption } from './choose-texts.js'
import type { TillOf } from './redeem.js'

/** What {@link createEndpoints} takes. */
export interface EndpointOptions {
  /** `root.links` of the kit. */
  readonly links: LinkHost
  /**
   * The tenant of whom a coupon is asked, by host name or otherwise; null for none. Without it no coupon page is
   * served: the code alone does not tell.
   *
   * @default every `/q/` is 404
   */
  readonly tenantOf?: (request: Request) => string | null
  /**
   * Words in place of the kit's: in every language, or chosen by request. With a `lang` among them, all pages are in it.
   *
   * @default the kit's own in English, German, Spanish, French or Italian, as `Accept-Language` asks
   */
  readonly texts?: TextsOption
  /**
   * Words by language, such as `{ nl: { ... } }`: of languages that the kit lacks, or in place of the kit's. What is
   * left out is the kit's, of a language that it lacks in English.
   *
   * @default none
   */
  readonly languages?: LanguagesOption
  /**
   * The address of who asks, so that nobody can try out links: from the connection, or from a header that a proxy of
   * yours sets and that nobody else can. IPv6 counts by its first 64 bits; null is not limited.
   *
   * @default nobody is limited
   */
  readonly clientOf?: (request: Request) => string | null
  /**
   * Who may take coupons at `POST /r`: `'keys'` are those of `kit.coupons.tillKey`, or a function of the host tells.
   *
   * @default nobody: `/r` is 404
   */
  readonly till?: 'keys' | TillOf
  /** Hears of each failure that a request was answered 500 for; the answer itself tells nothing. @default nobody */
  readonly onError?: (thrown: unknown) => void
}

const call = z.custom<(...given: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
)

export const optionsSchema = z.strictObject({
  links: z.custom<LinkHost>(
    (value) => typeof value === 'object' && value !== null,
    'expected the links of a kit',
  ),
  tenantOf: call.optional(),
  texts: z.union([call, z.record(z.string(), z.unknown())]).optional(),
  languages: z.record(z.string(), z.unknown()).optional(),
  clientOf: call.optional(),
  till: z.union([z.literal('keys'), call]).optional(),
  onError: call.optional(),
})

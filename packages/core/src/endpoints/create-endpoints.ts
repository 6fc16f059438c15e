import * as z from 'zod'
import type { LinkHost } from '../engine/link-host.js'
import { checkInput, parseInput } from '../model/parse.js'
import { clickEndpoint } from './click.js'
import { couponEndpoint } from './coupon.js'
import type { Endpoint } from './endpoint.js'
import { openPixelEndpoint } from './open-pixel.js'
import { notFound, noticeOf, refused } from './page.js'
import { type EndpointTexts, textsSchema } from './texts.js'
import { unsubscribeEndpoint } from './unsubscribe.js'

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
  /** Words of the pages: those of one language, or chosen by request. @default English */
  readonly texts?: Partial<EndpointTexts> | ((request: Request) => Partial<EndpointTexts>)
  /** Hears of each failure that a request was answered 500 for; the answer itself tells nothing. @default nobody */
  readonly onError?: (thrown: unknown) => void
}

const call = z.custom<(...given: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
)

const optionsSchema = z.strictObject({
  links: z.custom<LinkHost>(
    (value) => typeof value === 'object' && value !== null,
    'expected the links of a kit',
  ),
  tenantOf: call.optional(),
  texts: z.union([call, z.record(z.string(), z.unknown())]).optional(),
  onError: call.optional(),
})

/**
 * Serves the links that stand in messages: `/c/` clicks, `/o/` open pixels, `/u/` unsubscribing and `/q/` coupon pages,
 * as a function that any server can call with the Request and Response of the web platform. It answers every request,
 * what is not its own with 404, and never rejects for what a request says.
 *
 * @throws INVALID_INPUT, UNKNOWN_FIELD with the path, such as `texts.lang`
 *
 * @example
 * ```ts
 * import { createMemoryStorage } from '@campaignkit/adapter-memory'
 * import { createCampaignKit } from '@campaignkit/core'
 * import { createEndpoints } from '@campaignkit/core/endpoints'
 *
 * const root = createCampaignKit({
 *   storage: createMemoryStorage(),
 *   channels: {},
 *   publicUrl: 'https://go.pizza.example',
 *   secrets: [{ id: '2026a', key: 'a secret of at least 16 characters' }],
 * })
 * const serve = createEndpoints({ links: root.links, tenantOf: () => 'pizzeria' })
 * const response = await serve(new Request('https://go.pizza.example/u/forged'))
 * if (response.status !== 404) throw new Error('a forged link was taken')
 * ```
 */
export function createEndpoints(options: EndpointOptions): (request: Request) => Promise<Response> {
  checkInput(optionsSchema, options)
  const { links, tenantOf, onError } = options
  const { textsOf, fallback } = readTexts(options.texts)
  const endpoints: Readonly<Record<string, Endpoint>> = {
    c: clickEndpoint(links),
    o: openPixelEndpoint(links),
    u: unsubscribeEndpoint(links),
    q: couponEndpoint(links, tenantOf ?? (() => null)),
  }
  const answer = async (request: Request): Promise<Response> => {
    let texts = fallback
    try {
      texts = textsOf(request)
      const [prefix, text] = routeOf(request)
      const endpoint = endpoints[prefix]
      if (endpoint === undefined || text === null) return notFound(texts)
      if (!endpoint.methods.includes(request.method)) {
        return refused(texts, 405, { allow: endpoint.methods.join(', ') })
      }
      return await endpoint.serve(request, text, texts)
    } catch (thrown) {
      onError?.(thrown)
      return noticeOf(texts, { status: 500, title: texts.failedTitle, text: texts.failedText })
    }
  }
  return async (request) => {
    const response = await answer(request)
    return request.method === 'HEAD' ? new Response(null, response) : response
  }
}

/** How texts are chosen, and those that serve when choosing them fails. */
function readTexts(given: EndpointOptions['texts']): {
  readonly textsOf: (request: Request) => EndpointTexts
  readonly fallback: EndpointTexts
} {
  if (typeof given !== 'function') {
    const fixed = parseInput(textsSchema, given ?? {}, 'texts')
    return { textsOf: () => fixed, fallback: fixed }
  }
  return {
    textsOf: (request) => parseInput(textsSchema, given(request), 'texts'),
    fallback: parseInput(textsSchema, {}),
  }
}

/** Prefixes in small letters as messages carry them; that of coupons in any case, since their image is in capitals. */
const ROUTE = /^\/([couqQ])\/([^/]+)$/

/** The kind of link and its text, which is null when it is not one of ours or not well encoded. */
function routeOf(request: Request): readonly [prefix: string, text: string | null] {
  const [, prefix = '', written = ''] = ROUTE.exec(new URL(request.url).pathname) ?? []
  try {
    return [prefix.toLowerCase(), decodeURIComponent(written)]
  } catch {
    return [prefix.toLowerCase(), null]
  }
}

import { checkInput } from '../model/parse.js'
import { readTexts } from './choose-texts.js'
import { clickEndpoint } from './click.js'
import { confirmEndpoint } from './confirm.js'
import { couponEndpoint } from './coupon.js'
import type { Endpoint } from './endpoint.js'
import { type EndpointOptions, optionsSchema } from './endpoint-options.js'
import { refusalOf, retryAfter } from './json-answer.js'
import { openPixelEndpoint } from './open-pixel.js'
import { notFound, noticeOf, refused, tooMany } from './page.js'
import { preferencesEndpoint } from './preferences.js'
import { serveTill, type TillOf, tillByKey } from './redeem.js'
import type { EndpointTexts } from './texts.js'
import { unsubscribeEndpoint } from './unsubscribe.js'

/**
 * Serves the links that stand in messages: `/c/` clicks, `/o/` open pixels, `/u/` unsubscribing, `/p/` preferences, `/s/`
 * the second step of a double opt-in and `/q/` coupon pages, and `/r` for tills, as a function that any server can call
 * with the Request and Response of the web platform. It answers every request, what is not its own with 404, and never
 * rejects for what a request says.
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
  const { links, tenantOf, onError, till } = options
  const { textsOf, fallback } = readTexts(options.texts, options.languages)
  const tillOf = till === 'keys' ? tillByKey(links) : till
  const endpoints: Readonly<Record<string, Endpoint>> = {
    c: clickEndpoint(links),
    o: openPixelEndpoint(links),
    u: unsubscribeEndpoint(links),
    q: couponEndpoint(links, tenantOf ?? (() => null)),
    p: preferencesEndpoint(links),
    s: confirmEndpoint(links),
  }
  const guardOf = (request: Request): Guard => {
    const client = options.clientOf?.(request) ?? null
    return {
      blockedMs: client === null ? 0 : links.guesses.blockedForMs(client),
      missed: async () => (client === null ? 0 : links.guesses.missed(client)),
    }
  }
  const answerTill = async (request: Request, of: TillOf): Promise<Response> => {
    try {
      const { blockedMs, missed } = guardOf(request)
      if (blockedMs > 0) return refusalOf(429, { code: 'TOO_MANY' }, retryAfter(blockedMs))
      return await serveTill(links, of, request, missed)
    } catch (thrown) {
      onError?.(thrown)
      return refusalOf(500, { code: 'FAILED' })
    }
  }
  const answer = async (request: Request): Promise<Response> => {
    const { prefix, text, isTill } = routeOf(request)
    if (isTill && tillOf !== undefined) return answerTill(request, tillOf)
    let texts = fallback
    try {
      texts = textsOf(request)
      const endpoint = endpoints[prefix]
      if (endpoint === undefined || text === null) return notFound(texts)
      if (!endpoint.methods.includes(request.method)) {
        return refused(texts, 405, { allow: endpoint.methods.join(', ') })
      }
      return await serveGuarded(endpoint, request, text, texts, guardOf(request))
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

/** What is known of a client's guesses. */
interface Guard {
  /** For how long it is blocked; 0 when it is not. */
  readonly blockedMs: number
  /** Counts one more; for how long it is blocked from now on. */
  readonly missed: () => Promise<number>
}

async function serveGuarded(
  endpoint: Endpoint,
  request: Request,
  text: string,
  texts: EndpointTexts,
  { blockedMs, missed }: Guard,
): Promise<Response> {
  if (blockedMs > 0 && endpoint.guarded) return tooMany(texts, retryAfter(blockedMs))
  const response = await endpoint.serve(request, text, texts)
  if (response !== null) return response
  const waitMs = blockedMs > 0 ? blockedMs : await missed()
  return waitMs > 0 ? tooMany(texts, retryAfter(waitMs)) : notFound(texts)
}

/** Prefixes in small letters as messages carry them; that of coupons in any case, since their image is in capitals. */
const ROUTE = /^\/([couqQps])\/([^/]+)$/

/** No link of the kit is as long; a browser would not send it. */
const LONGEST_TEXT = 16_384

interface Route {
  /** The kind of link; empty when it is not one of ours. */
  readonly prefix: string
  /** Null when it is not one of ours or not well encoded. */
  readonly text: string | null
  readonly isTill: boolean
}

function routeOf(request: Request): Route {
  const { pathname } = new URL(request.url)
  const [, prefix = '', written = ''] = ROUTE.exec(pathname) ?? []
  const text = written.length > LONGEST_TEXT ? null : decoded(written)
  return { prefix: prefix.toLowerCase(), text, isTill: pathname === '/r' }
}

function decoded(written: string): string | null {
  try {
    return decodeURIComponent(written)
  } catch {
    return null
  }
}

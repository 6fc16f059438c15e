import { parseUrl } from '../base/parse-url.js'
import type { LinkHost } from '../engine/link-host.js'
import { linkKind } from '../rendering/links.js'
import type { Endpoint } from './endpoint.js'
import { COMMON_HEADERS, notFound } from './page.js'
import { isPrefetch } from './prefetch.js'

/**
 * `/c/<text>`: counts a click and leads on, nowhere but where the kit signed for. HEAD and prefetching lead on and count
 * nothing: no person's click is one, but scanners of mail, previews in chats and browsers that look ahead send them.
 */
export function clickEndpoint(links: LinkHost): Endpoint {
  return {
    methods: ['GET', 'HEAD'],
    guarded: false,
    async serve(request, text, texts) {
      const looksOnly = request.method === 'HEAD' || isPrefetch(request)
      const url = looksOnly
        ? links.leadsTo(text)
        : await links.follow(text, request.headers.get('user-agent'))
      if (url === null) return null
      const target = webTarget(url)
      if (target === null) return notFound(texts)
      return new Response(null, { status: 302, headers: { ...COMMON_HEADERS, location: target } })
    },
  }
}

/** The link in ASCII, as a header field needs it; null for one that no message of the kit carries. */
function webTarget(url: string): string | null {
  return linkKind(url) === 'web' ? (parseUrl(url)?.href ?? null) : null
}

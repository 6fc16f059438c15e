import type { LinkHost } from '../engine/link-host.js'
import type { Endpoint } from './endpoint.js'
import { COMMON_HEADERS, notFound } from './page.js'

/**
 * `/c/<text>`: counts a click and leads on, nowhere but where the kit signed for. HEAD leads on and counts nothing:
 * no person's click is a HEAD, but scanners of mail and chat previews send it.
 */
export function clickEndpoint(links: LinkHost): Endpoint {
  return {
    methods: ['GET', 'HEAD'],
    async serve(request, text, texts) {
      const target = webTarget(request.method === 'HEAD' ? links.leadsTo(text) : await links.follow(text))
      if (target === null) return notFound(texts)
      return new Response(null, { status: 302, headers: { ...COMMON_HEADERS, location: target } })
    },
  }
}

/** The link in ASCII, as a header field needs it; null when it does not lead to the web. */
function webTarget(url: string | null): string | null {
  const parsed = url !== null && URL.canParse(url) ? new URL(url) : null
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed.href : null
}

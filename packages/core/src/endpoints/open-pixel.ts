import type { LinkHost } from '../engine/link-host.js'
import type { Endpoint } from './endpoint.js'
import { COMMON_HEADERS } from './page.js'
import { isPrefetch } from './prefetch.js'

/** GIF 89a of one transparent pixel. */
const PIXEL = Uint8Array.from(atob('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'), (letter) =>
  letter.charCodeAt(0),
)

/** Mail that is read on the web shows the picture from another origin. */
const PIXEL_HEADERS = {
  ...COMMON_HEADERS,
  'content-type': 'image/gif',
  'cross-origin-resource-policy': 'cross-origin',
}

/** `/o/<text>`: counts that a message's picture was fetched. The picture is the same for a link that is no one's. */
export function openPixelEndpoint(links: LinkHost): Endpoint {
  return {
    methods: ['GET', 'HEAD'],
    guarded: false,
    async serve(request, text) {
      if (request.method === 'GET' && !isPrefetch(request)) {
        await links.open(text, request.headers.get('user-agent'))
      }
      return new Response(PIXEL, { headers: PIXEL_HEADERS })
    },
  }
}

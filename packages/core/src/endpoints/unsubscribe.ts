import type { LinkHost } from '../engine/link-host.js'
import type { Endpoint } from './endpoint.js'
import { type FormBody, readForm } from './form-body.js'
import { heading, notFound, noticeOf, pageOf, paragraph, refused } from './page.js'
import { isFromPage, pageForm } from './page-form.js'
import type { EndpointTexts } from './texts.js'

/**
 * `/u/<text>`: a page that asks, and a POST that takes the permission back; a GET changes nothing. The POST is that of
 * the page's button or a mail provider's (RFC 8058, section 3.1). One that is neither gets the page again, with 400.
 */
export function unsubscribeEndpoint(links: LinkHost): Endpoint {
  return {
    methods: ['GET', 'HEAD', 'POST'],
    guarded: false,
    async serve(request, text, texts) {
      if (!links.isUnsubscribeLink(text)) return null
      if (request.method !== 'POST') return question(texts, 200)
      const body = await readForm(request)
      if (body.outcome === 'tooLarge') return refused(texts, 413)
      const basis = basisOf(body)
      if (basis === null) return question(texts, 400)
      if (!(await links.unsubscribe(text, basis))) return notFound(texts)
      return noticeOf(texts, { status: 200, title: texts.unsubscribedTitle, text: texts.unsubscribedText })
    },
  }
}

/** How the wish was told, for the evidence; null when the body tells no wish. */
function basisOf(body: FormBody): string | null {
  if (body.outcome !== 'fields') return null
  if (body.field('List-Unsubscribe')?.trim() === 'One-Click') return 'one-click unsubscribe'
  return isFromPage(body) ? 'unsubscribe page' : null
}

function question(texts: EndpointTexts, status: number): Response {
  const main =
    heading(texts.unsubscribeTitle) +
    paragraph(texts.unsubscribeQuestion, 'quiet') +
    pageForm(texts.unsubscribeButton)
  return pageOf(texts, { status, title: texts.unsubscribeTitle, main })
}

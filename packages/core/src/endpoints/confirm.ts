import type { ConsentQuestion } from '../engine/confirm-consent.js'
import type { LinkHost } from '../engine/link-host.js'
import { labelIn } from '../model/topic.js'
import { channelName } from './channel-name.js'
import type { Endpoint } from './endpoint.js'
import { readForm } from './form-body.js'
import { heading, noticeOf, pageOf, paragraph, refused } from './page.js'
import { isFromPage, pageForm } from './page-form.js'
import { type EndpointTexts, fillIn } from './texts.js'

/**
 * `/s/<text>`: the second step of a double opt-in: a page that asks, and a POST of its button that says yes; a GET
 * changes nothing. A genuine link that can no longer be answered is 410.
 */
export function confirmEndpoint(links: LinkHost): Endpoint {
  return {
    methods: ['GET', 'HEAD', 'POST'],
    guarded: true,
    async serve(request, text, texts) {
      const question = await links.question(text)
      if (question === null || request.method !== 'POST' || question.state === 'over') {
        return question && questionPage(question, texts, 200)
      }
      const body = await readForm(request)
      if (body.outcome === 'tooLarge') return refused(texts, 413)
      if (!isFromPage(body)) return questionPage(question, texts, 400)
      const answered = await links.confirm(text)
      return answered && questionPage(answered, texts, 200)
    },
  }
}

function questionPage(question: ConsentQuestion, texts: EndpointTexts, status: number): Response {
  if (question.state === 'over') {
    return noticeOf(texts, { status: 410, title: texts.confirmOverTitle, text: texts.confirmOverText })
  }
  if (question.state === 'confirmed') {
    return noticeOf(texts, { status, title: texts.confirmedTitle, text: texts.confirmedText })
  }
  const topic = labelIn(question.label, texts.lang)
  const asked = fillIn(
    fillIn(texts.confirmQuestion, 'channel', channelName(question.channel, texts)),
    'topic',
    topic,
  )
  const main = heading(texts.confirmTitle) + paragraph(asked, 'quiet') + pageForm(texts.confirmButton)
  return pageOf(texts, { status, title: texts.confirmTitle, main })
}

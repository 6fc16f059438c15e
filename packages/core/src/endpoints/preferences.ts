import type { LinkHost } from '../engine/link-host.js'
import type { PreferenceCentre, SubmittedPreferences } from '../engine/preference-centre.js'
import type { PreferenceChoice } from '../engine/preference-choices.js'
import { choiceName } from '../engine/preference-form.js'
import { labelIn } from '../model/topic.js'
import { escapeHtml } from '../rendering/html-text.js'
import { channelName } from './channel-name.js'
import type { Endpoint } from './endpoint.js'
import { type FormBody, readForm } from './form-body.js'
import { heading, pageOf, paragraph, refused } from './page.js'
import { hidden } from './page-form.js'
import type { EndpointTexts } from './texts.js'

/** Room for every topic on every channel. */
const MAX_FORM_BYTES = 65_536

/**
 * `/p/<text>`: what the customer receives, by channel and topic, as boxes to tick; a POST saves what was changed, a GET
 * changes nothing. A POST without the token of a form that this page showed gets the page again, with 400.
 */
export function preferencesEndpoint(links: LinkHost): Endpoint {
  return {
    methods: ['GET', 'HEAD', 'POST'],
    guarded: true,
    async serve(request, text, texts) {
      if (request.method !== 'POST') {
        const centre = await links.preferences(text)
        return centre && centrePage(centre, texts, 'asked')
      }
      const body = await readForm(request, MAX_FORM_BYTES)
      if (body.outcome === 'tooLarge') return refused(texts, 413)
      const saved = await links.savePreferences(text, submittedIn(body))
      return saved && centrePage(saved.centre, texts, saved.outcome)
    },
  }
}

function submittedIn(body: FormBody): SubmittedPreferences {
  if (body.outcome !== 'fields') return { form: '', chosen: [], nothing: false }
  return {
    form: body.field('form') ?? '',
    chosen: body.all('choice'),
    nothing: body.field('do') === 'nothing',
  }
}

type Occasion = 'asked' | 'saved' | 'stale'

function centrePage(centre: PreferenceCentre, texts: EndpointTexts, occasion: Occasion): Response {
  const form =
    centre.choices.length === 0 ? paragraph(texts.preferencesEmpty, 'quiet') : formOf(centre, texts)
  return pageOf(texts, {
    status: occasion === 'stale' ? 400 : 200,
    title: texts.preferencesTitle,
    main: heading(texts.preferencesTitle) + told(texts, occasion) + form,
    className: 'wide',
  })
}

function told(texts: EndpointTexts, occasion: Occasion): string {
  if (occasion === 'asked') return ''
  const [role, text] =
    occasion === 'saved' ? ['status', texts.preferencesSaved] : ['alert', texts.preferencesStale]
  return `<p class="told" role="${role}">${escapeHtml(text)}</p>\n`
}

function formOf({ choices, form }: PreferenceCentre, texts: EndpointTexts): string {
  const channels = [...new Set(choices.map(({ channel }) => channel))]
  const groups = channels.map((channel) => {
    const boxes = choices.filter((choice) => choice.channel === channel).map((choice) => box(choice, texts))
    const legend = `<legend>${escapeHtml(channelName(channel, texts))}</legend>`
    return `<fieldset>${legend}\n${boxes.join('')}</fieldset>\n`
  })
  return (
    `${paragraph(texts.preferencesQuestion, 'quiet')}<form method="post">${hidden('form', form)}\n${groups.join('')}` +
    `<button name="do" value="save">${escapeHtml(texts.preferencesButton)}</button>\n` +
    `<h2>${escapeHtml(texts.preferencesNothingTitle)}</h2>\n${paragraph(texts.preferencesNothingText, 'quiet')}` +
    `<button class="other" name="do" value="nothing">${escapeHtml(texts.preferencesNothingButton)}</button></form>\n`
  )
}

function box(choice: PreferenceChoice, texts: EndpointTexts): string {
  const checked = choice.granted ? ' checked' : ''
  const label = escapeHtml(labelIn(choice.label, texts.lang))
  const value = escapeHtml(choiceName(choice))
  const id = escapeHtml(choiceName(choice).replace(' ', '-'))
  return (
    `<label for="${id}"><input type="checkbox" id="${id}" name="choice" value="${value}"${checked}> ` +
    `<span>${label}</span></label>\n`
  )
}

import type { ContentRemark, RenderedMessage } from '@campaignkit/core/adapter'
import type { ChannelSettings } from './options.js'
import { septetsOf } from './sms/gsm.js'
import { countSegments } from './sms/segments.js'
import { transliterate } from './sms/transliterate.js'

const TEMPLATE = /^HX[0-9a-fA-F]{32}$/
const MOST_NAMED = 10

/**
 * What is to be known of a message before launch: what transliteration replaces, which characters make an SMS dearer,
 * how many segments are too many, and what a WhatsApp template lacks.
 */
export function inspectContent(
  settings: ChannelSettings,
  written: RenderedMessage,
  prepared: RenderedMessage,
): readonly ContentRemark[] {
  if (written.type !== 'text' || prepared.type !== 'text') return []
  return settings.kind === 'sms'
    ? remarksOnSms(settings, written.body, prepared.body)
    : remarksOnWhatsapp(settings, written)
}

function remarksOnSms(
  { maxSegments, transliterate: wanted }: ChannelSettings,
  written: string,
  prepared: string,
): readonly ContentRemark[] {
  const { encoding, segments } = countSegments(prepared)
  const remarks: ContentRemark[] = []
  const add = (severity: ContentRemark['severity'], code: string, message: string) =>
    remarks.push({ severity, code, part: 'body', message })
  const { replaced } = wanted ? transliterate(written) : { replaced: [] }
  if (replaced.length > 0) {
    const named = replaced
      .slice(0, MOST_NAMED)
      .map(({ from, to }) => `${from} becomes ${to === '' ? 'nothing' : to}`)
    add('warning', 'transliterated', `So that it fits GSM-7, ${named.join(', ')}`)
  }
  if (encoding === 'UCS-2' && segments > 1) {
    const foreign = new Set([...prepared].filter((character) => septetsOf(character) === null))
    const named = [...foreign].slice(0, MOST_NAMED).join(' ')
    add(
      'warning',
      'ucs2',
      `${named} make it UCS-2, of which a segment holds 67 instead of 153: ${segments} segments`,
    )
  }
  if (segments > maxSegments) {
    add(
      'error',
      'tooManySegments',
      `It has ${segments} segments, more than the ${maxSegments} that the channel sends`,
    )
  }
  return remarks
}

type Text = Extract<RenderedMessage, { type: 'text' }>

function remarksOnWhatsapp(
  { lastInboundAt }: ChannelSettings,
  { body, template }: Text,
): readonly ContentRemark[] {
  if (template === undefined) {
    const message =
      'Free text reaches only those who wrote within the last 24 hours; all others need a template'
    return [
      {
        severity: lastInboundAt === null ? 'error' : 'warning',
        code: 'templateMissing',
        part: 'body',
        message,
      },
    ]
  }
  const remarks: ContentRemark[] = []
  if (!TEMPLATE.test(template.id)) {
    const message = 'A template is named by its ContentSid: HX and 32 hexadecimal digits'
    remarks.push({ severity: 'error', code: 'templateInvalid', part: 'template', message })
  }
  for (const [name, text] of Object.entries(template.variables)) {
    if (text.trim() !== '') continue
    const message = `The variable ${name} is empty, which Twilio refuses`
    remarks.push({ severity: 'warning', code: 'templateVariableEmpty', part: `variables.${name}`, message })
  }
  if (body !== '' && lastInboundAt === null) {
    const message = 'Nobody tells the channel who wrote lately, so that the template goes to all'
    remarks.push({ severity: 'warning', code: 'bodyUnused', part: 'body', message })
  }
  return remarks
}

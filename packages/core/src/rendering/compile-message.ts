import { CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { MessageParts } from '../model/message.js'
import type { NoticeSettings } from '../model/notice-message.js'
import type { RenderedMessage } from '../ports/channel.js'
import { compileEmail, type EmailOptions } from './compile-email.js'
import { compileNotice } from './compile-notice.js'
import { compileWhatsapp } from './compile-whatsapp.js'
import { keyedTemplates } from './keyed-templates.js'
import { openSession } from './message-session.js'
import { compileTemplate, renderFailure, type Template } from './template.js'
import { htmlEngine, textEngine } from './template-engine.js'
import { usedVariables } from './used-variables.js'
import type { RenderView } from './view.js'

/** What becomes of a message besides its templates. */
export interface CompileOptions extends EmailOptions {
  /**
   * Where the text of a part was written, for the path of an error.
   * @default `messages.`, the channel and the part
   */
  readonly pathOf?: (part: string) => string
  /** What a notice says of itself besides its texts. @default nothing */
  readonly settings?: NoticeSettings
  /**
   * False refuses templates that show the coupon.
   * @default true
   */
  readonly hasCoupon?: boolean
}

/** A message whose templates are parsed, ready to be filled in for any number of customers. */
export interface CompiledMessage {
  /**
   * Fills in the message for one customer. The same view gives the same message.
   *
   * @throws TEMPLATE_RENDER_FAILED with the path of the part; nothing of the customer is in the error
   */
  render(view: RenderView): RenderedMessage
}

type Templates = Readonly<Record<string, Template>>

/**
 * Parses the templates of a message once.
 *
 * @throws TEMPLATE_INVALID with line and column in its details; LINK_NOT_ALLOWED; COUPON_NOT_CONFIGURED when
 * `hasCoupon` is false and a template shows the coupon; INVALID_INPUT when a part is missing
 */
export function compileMessage(
  channel: ChannelKind,
  parts: MessageParts,
  options: CompileOptions,
): CompiledMessage {
  const prefix = `messages.${channel}`
  const pathOf = options.pathOf ?? ((part: string) => `${prefix}.${part}`)
  const templates = Object.fromEntries(
    Object.entries(parts).map(([part, source]) => [part, compilePart(part, source, pathOf(part))]),
  )
  if (options.hasCoupon === false) Object.values(templates).forEach(refuseCoupon)
  const render = renderer(channel, templates, options, prefix)
  return {
    render(view) {
      try {
        return render(view)
      } catch (thrown) {
        throw isCampaignKitError(thrown) ? thrown : renderFailure(thrown, prefix)
      }
    },
  }
}

function compilePart(part: string, source: string, path: string): Template {
  return compileTemplate(part === 'html' ? htmlEngine : textEngine, source, path)
}

function renderer(
  channel: ChannelKind,
  templates: Templates,
  options: CompileOptions,
  prefix: string,
): (view: RenderView) => RenderedMessage {
  const part = (name: string) => required(templates, name, prefix)
  switch (channel) {
    case 'email':
      return compileEmail({ ...templates, subject: part('subject') }, options)
    case 'sms': {
      const body = part('body')
      return (view) => ({ type: 'text', body: openSession(view, channel, 'link', null).render(body) })
    }
    case 'whatsapp':
      return compileWhatsapp(templates, prefix)
    default:
      return compileNotice(
        { ...templates, title: part('title'), body: part('body'), data: keyedTemplates(templates, 'data') },
        channel,
        options.settings ?? {},
        options.utm,
      )
  }
}

function required(templates: Templates, part: string, prefix: string): Template {
  const template = templates[part]
  if (template !== undefined) return template
  const path = `${prefix}.${part}`
  throw new CampaignKitError('INVALID_INPUT', `${path}: missing`, { path })
}

function refuseCoupon(template: Template): void {
  const shown = usedVariables(template).find(
    ({ segments: [root, ...rest] }) => root === 'qr' || (root === 'coupon' && rest.length > 0),
  )
  if (shown === undefined) return
  throw new CampaignKitError(
    'COUPON_NOT_CONFIGURED',
    `${template.path} shows ${shown.name}, but there is no coupon`,
    {
      path: template.path,
      details: { line: shown.line, variable: shown.name },
    },
  )
}

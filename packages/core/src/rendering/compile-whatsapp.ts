import { CampaignKitError } from '../base/error.js'
import type { RenderedMessage } from '../ports/channel.js'
import { keyedTemplates } from './keyed-templates.js'
import { type MessageSession, openSession } from './message-session.js'
import type { Template } from './template.js'
import type { RenderView } from './view.js'

type RenderedText = Extract<RenderedMessage, { type: 'text' }>

/**
 * Prepares a WhatsApp message: free text, an approved template with its variables, or both, of which the channel takes
 * the one that may be sent.
 *
 * @throws INVALID_INPUT when there is neither
 */
export function compileWhatsapp(
  templates: Readonly<Record<string, Template>>,
  prefix: string,
): (view: RenderView) => RenderedText {
  const { body, template } = templates
  if (body === undefined && template === undefined) {
    throw new CampaignKitError('INVALID_INPUT', `${prefix}: needs body or template`, { path: prefix })
  }
  const variables = Object.entries(keyedTemplates(templates, 'variables'))
  const fillIn = (session: MessageSession) =>
    Object.fromEntries(variables.map(([name, text]) => [name, session.render(text)]))
  return (view) => {
    const session = openSession(view, 'whatsapp', 'link', null)
    return {
      type: 'text',
      body: body === undefined ? '' : session.render(body),
      ...(template === undefined ? {} : { template: { id: template.source, variables: fillIn(session) } }),
    }
  }
}

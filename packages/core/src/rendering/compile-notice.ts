import { CampaignKitError } from '../base/error.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { RenderedMessage } from '../ports/channel.js'
import { cleanLink, finishLink, linkKind } from './links.js'
import { openSession } from './message-session.js'
import { oneLine } from './one-line.js'
import type { Template } from './template.js'
import type { UtmParameters } from './utm.js'
import type { RenderView } from './view.js'

/** The parsed parts of a notice. */
export interface NoticeTemplates {
  readonly title: Template
  readonly body: Template
  readonly link?: Template
  readonly image?: Template
}

type RenderedNotice = Extract<RenderedMessage, { type: 'notice' }>

/**
 * Prepares a notice for a screen. Title and body are plain text; link and image lead where links of an e-mail may.
 *
 * @throws LINK_NOT_ALLOWED
 */
export function compileNotice(
  templates: NoticeTemplates,
  channel: ChannelKind,
  utm: UtmParameters | null,
): (view: RenderView) => RenderedNotice {
  const { title, body, link, image } = templates
  for (const template of [link, image]) if (template !== undefined) checkBeginning(template)
  return (view) => {
    const session = openSession(view, channel, 'link', utm)
    const linkOf = (template: Template | undefined, told: UtmParameters | null) =>
      template === undefined
        ? null
        : finishLink(session.render(template), view, { tracked: false, utm: told }) || null
    return {
      type: 'notice',
      title: oneLine(session.render(title)),
      body: session.render(body),
      link: linkOf(link, utm),
      image: linkOf(image, null),
    }
  }
}

function checkBeginning({ source, path }: Template): void {
  const clean = cleanLink(source)
  if (clean === '' || /^\{[{%]/.test(clean) || linkKind(clean) !== null) return
  throw new CampaignKitError('LINK_NOT_ALLOWED', `${path}: not absolute http, https, mailto or tel`, { path })
}

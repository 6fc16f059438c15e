import { CampaignKitError } from '../base/error.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { NoticeSettings } from '../model/notice-message.js'
import type { RenderedMessage } from '../ports/channel.js'
import { cleanLink, finishLink, linkKind } from './links.js'
import { openSession } from './message-session.js'
import { oneLine } from './one-line.js'
import { RenderRefusal } from './render-refusal.js'
import type { Template } from './template.js'
import type { UtmParameters } from './utm.js'
import type { RenderView } from './view.js'

/** The parsed parts of a notice. */
export interface NoticeTemplates {
  readonly title: Template
  readonly body: Template
  readonly link?: Template
  readonly image?: Template
  /** By key; empty when there are none. */
  readonly data: Readonly<Record<string, Template>>
}

type RenderedNotice = Extract<RenderedMessage, { type: 'notice' }>

/**
 * Prepares a notice for a screen. All of it is plain text: whoever puts it into html escapes it there. The link leads
 * where links of an e-mail may, the image to http or https.
 *
 * @throws LINK_NOT_ALLOWED
 */
export function compileNotice(
  templates: NoticeTemplates,
  channel: ChannelKind,
  settings: NoticeSettings,
  utm: UtmParameters | null,
): (view: RenderView) => RenderedNotice {
  const { title, body, link, image } = templates
  const data = Object.entries(templates.data)
  for (const template of [link, image])
    if (template !== undefined) checkBeginning(template, template === image)
  return (view) => {
    const session = openSession(view, channel, 'link', utm)
    const linkOf = (template: Template | undefined, tags: UtmParameters | null) =>
      template === undefined
        ? null
        : finishLink(session.render(template), view, { tracked: false, utm: tags }) || null
    return {
      type: 'notice',
      title: oneLine(session.render(title)),
      body: session.render(body),
      link: linkOf(link, utm),
      image: webOnly(linkOf(image, null)),
      ...(data.length === 0
        ? {}
        : { data: Object.fromEntries(data.map(([key, template]) => [key, session.render(template)])) }),
      ...settings,
    }
  }
}

/** A place in a mail, or a phone number, is no image. */
function webOnly(link: string | null): string | null {
  if (link !== null && linkKind(link) !== 'web') throw new RenderRefusal('link')
  return link
}

function checkBeginning({ source, path }: Template, isImage: boolean): void {
  const clean = cleanLink(source)
  if (clean === '' || /^\{[{%]/.test(clean)) return
  const kind = linkKind(clean)
  if (isImage ? kind === 'web' : kind !== null) return
  const allowed = isImage ? 'http or https' : 'http, https, mailto or tel'
  throw new CampaignKitError('LINK_NOT_ALLOWED', `${path}: not absolute ${allowed}`, { path })
}

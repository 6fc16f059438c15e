import type { ChannelKind } from '../model/channel-kind.js'
import type { EndpointTexts } from './texts.js'

/** What people call a channel. */
export function channelName(channel: ChannelKind, texts: EndpointTexts): string {
  const names: Readonly<Partial<Record<ChannelKind, string>>> = {
    email: texts.channelEmail,
    sms: texts.channelSms,
    whatsapp: texts.channelWhatsapp,
    push: texts.channelPush,
    'in-app': texts.channelInApp,
    web: texts.channelWeb,
  }
  return names[channel] ?? channel
}

import { readSignedLink, signLink } from '../access/signed-link.js'
import { toBase64Url, utf8 } from '../base/bytes.js'
import { sha256 } from '../base/digest.js'
import { DAY_MS, type Instant } from '../base/time.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { EngineContext } from './context.js'
import type { PreferenceChoice } from './preference-choices.js'

/** How long a page that was loaded can be sent in. */
const FORM_LIFE_MS = DAY_MS

/** What a person saw when they chose. */
export interface ShownForm {
  readonly shownAt: Instant
  readonly choices: readonly Pick<PreferenceChoice, 'channel' | 'topic' | 'granted'>[]
}

/** The name of a choice in a form. */
export function choiceName({ channel, topic }: Pick<PreferenceChoice, 'channel' | 'topic'>): string {
  return `${channel} ${topic}`
}

/**
 * The token of a form: what it showed and when, signed for the link that it stands behind. Without it nothing is saved,
 * so that no other page can send the form in, and what a person did not see is not taken for their choice.
 */
export function signForm(
  { settings, clock }: EngineContext,
  link: string,
  choices: readonly PreferenceChoice[],
): string {
  return signLink(settings.secrets[0], 'preferences-form', [
    digestOf(link),
    String(clock.now()),
    ...choices.map((choice) => `${choiceName(choice)} ${choice.granted ? 1 : 0}`),
  ])
}

/** What the form of a link showed; null for a token that is none, stands behind another link or is a day old. */
export function readForm({ settings, clock }: EngineContext, link: string, token: string): ShownForm | null {
  const [digest, at, ...lines] = readSignedLink(settings.secrets, 'preferences-form', token) ?? []
  const shownAt = Number(at)
  if (digest !== digestOf(link) || !(clock.now() - shownAt < FORM_LIFE_MS)) return null
  const choices = lines.map((line) => {
    const [channel, topic = '', granted] = line.split(' ')
    return { channel: channel as ChannelKind, topic, granted: granted === '1' }
  })
  return { shownAt, choices }
}

function digestOf(link: string): string {
  return toBase64Url(sha256(utf8(link)).subarray(0, 16))
}

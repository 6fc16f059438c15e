import type { Instant } from '../base/time.js'
import type { ChannelKind } from '../model/channel-kind.js'
import { type ConsentRecord, decideConsent, EVERY_TOPIC } from '../model/consent.js'
import type { PreferenceChoice } from './preference-choices.js'
import { choiceName, type ShownForm } from './preference-form.js'

/** What a person decided about one topic of one channel. */
export type Decided = Pick<ConsentRecord, 'channel' | 'topic' | 'decision'>

/**
 * What a person changed of what they saw. What they left as it was shown is no decision of theirs, and what was refused
 * since is not allowed again by a page that did not show it.
 */
export function changesOf(
  { shownAt, choices }: ShownForm,
  chosen: readonly string[],
  standing: readonly ConsentRecord[],
): readonly Decided[] {
  return choices.flatMap((choice): Decided[] => {
    const { channel, topic, granted } = choice
    const wanted = chosen.includes(choiceName(choice))
    const decision = wanted ? 'granted' : 'denied'
    if (wanted === granted || decideConsent(standing, channel, topic) === decision) return []
    return wanted && wasDeniedSince(shownAt, choice, standing) ? [] : [{ channel, topic, decision }]
  })
}

/** Whether somebody refused it after the page was loaded: its form is not sent in to allow it again. */
function wasDeniedSince(
  shownAt: Instant,
  { channel, topic }: Pick<PreferenceChoice, 'channel' | 'topic'>,
  standing: readonly ConsentRecord[],
): boolean {
  return standing.some(
    (record) =>
      record.channel === channel &&
      (record.topic === topic || record.topic === EVERY_TOPIC) &&
      record.decision === 'denied' &&
      record.obtainedAt > shownAt,
  )
}

/** No to every topic of each channel on which that does not stand already. */
export function denialsOf(
  choices: readonly PreferenceChoice[],
  standing: readonly ConsentRecord[],
): readonly Decided[] {
  const channels = [...new Set(choices.map(({ channel }) => channel))]
  const isClosed = (of: ChannelKind) =>
    decideConsent(standing, of, EVERY_TOPIC) === 'denied' &&
    choices.every(({ channel, granted }) => channel !== of || !granted)
  return channels
    .filter((channel) => !isClosed(channel))
    .map((channel) => ({ channel, topic: EVERY_TOPIC, decision: 'denied' }))
}

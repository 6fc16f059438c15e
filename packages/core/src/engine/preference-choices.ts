import { CHANNEL_KINDS, type ChannelKind } from '../model/channel-kind.js'
import { type ConsentRecord, DEFAULT_TOPIC, decideConsent, EVERY_TOPIC } from '../model/consent.js'
import { type Customer, contactOf } from '../model/customer.js'
import { labelOfTopic, type TopicLabel, type Topics } from '../model/topic.js'

/** What a person allows or not: one topic on one channel. */
export interface PreferenceChoice {
  readonly channel: ChannelKind
  readonly topic: string
  readonly label: TopicLabel
  readonly granted: boolean
}

/** Channels without a customer: what they show is for everybody. */
const PUBLIC_CHANNELS: readonly ChannelKind[] = ['social', 'display']

/**
 * What a customer can choose: on each channel that could reach them, or that they have allowed, the topics that the
 * tenant declares and those that they have allowed besides; where there are none, offers.
 *
 * @param configured - channels that the kit has an adapter for
 */
export function choicesOf(
  topics: Topics,
  configured: readonly ChannelKind[],
  customer: Customer,
  standing: readonly ConsentRecord[],
): readonly PreferenceChoice[] {
  const allowed = standing.filter(({ decision }) => decision === 'granted')
  const channels = CHANNEL_KINDS.filter(
    (channel) =>
      !PUBLIC_CHANNELS.includes(channel) &&
      ((configured.includes(channel) && contactOf(customer, channel) !== null) ||
        allowed.some((record) => record.channel === channel)),
  )
  const declared = Object.keys(topics)
  const named = [...new Set([...declared, ...allowed.map(({ topic }) => topic)])].filter(
    (topic) => topic !== EVERY_TOPIC,
  )
  const offered = named.length > 0 ? named : [DEFAULT_TOPIC]
  return channels.flatMap((channel) =>
    offered.map((topic) => ({
      channel,
      topic,
      label: labelOfTopic(topics, topic),
      granted: decideConsent(standing, channel, topic) === 'granted',
    })),
  )
}

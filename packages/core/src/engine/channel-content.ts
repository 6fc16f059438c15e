import type { Channel, RenderedMessage } from '../ports/channel.js'

const MOST_WEIGHT = 100

/** The content as the channel will send it. */
export function preparedContent(channel: Channel | undefined, content: RenderedMessage): RenderedMessage {
  return channel?.prepare?.(content) ?? content
}

/** How many messages one counts as. A weight that is none is the channel's mistake, and counts as one. */
export function weightOf(channel: Channel | undefined, content: RenderedMessage): number {
  const weight = channel?.weigh?.(content) ?? 1
  return Number.isInteger(weight) && weight >= 1 ? Math.min(weight, MOST_WEIGHT) : 1
}

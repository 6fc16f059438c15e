import * as z from 'zod'
import { channelKindSchema } from './channel-kind.js'

/** The attribute of customers that says on which channel they would rather be written to: its kind, such as `sms`. */
export const PREFERRED_CHANNEL = 'preferredChannel'

const LEAST_HOURS = 1 / 60
const MOST_HOURS = 30 * 24

/** One message on the first of several channels that works. */
export const firstOfSchema = z.strictObject({
  firstOf: z.array(channelKindSchema).min(1).max(8),
  /**
   * `given`: as `firstOf` has them. `personal`: first the one that the customer prefers (attribute `preferredChannel`), then
   * those on which the customer opened, clicked or answered something, the latest first, then as given.
   */
  order: z.enum(['given', 'personal']).exactOptional(),
  /**
   * How long a message that was sent may stay undelivered before the next channel has its turn, in hours: 1/60 to 720. On
   * channels that tell of deliveries.
   */
  fallbackAfterHours: z.number().min(LEAST_HOURS).max(MOST_HOURS).exactOptional(),
})

/** A customer's own order of channels. */
export interface ChannelHabits {
  /** What the customer says; anything that is no channel of the campaign says nothing. */
  readonly preferred: unknown
  /** When a person last answered on a channel, in epoch milliseconds. */
  readonly answeredAt: Readonly<Record<string, number | undefined>>
}

/** Orders channels as a customer would have them; ties stay as given. */
export function personalOrder<Channel extends string>(
  given: readonly Channel[],
  { preferred, answeredAt }: ChannelHabits,
): readonly Channel[] {
  const weight = (channel: Channel) =>
    channel === preferred ? Number.POSITIVE_INFINITY : (answeredAt[channel] ?? Number.NEGATIVE_INFINITY)
  const compare = (left: Channel, right: Channel) => {
    const [ofLeft, ofRight] = [weight(left), weight(right)]
    return ofLeft === ofRight ? 0 : ofRight - ofLeft
  }
  return given.toSorted(compare)
}

import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { DAY_MS } from '../base/time.js'
import type { CampaignInput } from '../model/campaign.js'
import type { ChannelKind } from '../model/channel-kind.js'
import type { CustomerInput } from '../model/customer.js'
import type { Pace } from '../model/pace.js'
import type { KitEvents } from '../ports/observer.js'
import type { Storage } from '../ports/storage/storage.js'
import {
  createFaultyChannel,
  type FaultyChannel,
  type FaultyChannelOptions,
} from '../testing/faulty-channel.js'
import { createManualClock, type ManualClock, SAMPLE_NOW } from '../testing/manual-clock.js'
import type { CampaignKit } from './create-campaign-kit.js'
import type { CampaignKitOptions } from './options.js'
import { createPizzeria, lapsedCustomer, winBack } from './pizzeria.fixture.js'

type ChannelScript = Partial<Omit<FaultyChannelOptions, 'clock'>>

export interface SendingOptions {
  readonly email?: ChannelScript
  readonly sms?: ChannelScript
  /** Of a network on which posts are put up. @default none */
  readonly social?: ChannelScript
  readonly storage?: Storage
  readonly kit?: Partial<CampaignKitOptions>
  readonly seed?: string
  /** False for a clock that only the test moves. @default true */
  readonly auto?: boolean
  readonly clock?: ManualClock
}

/** A pizzeria with an e-mail and an SMS provider that fail as told and keep a log, and a clock that jumps. */
export function createSendingWorld(options: SendingOptions = {}) {
  const clock =
    options.clock ??
    createManualClock({
      auto: options.auto ?? true,
      // a whole turn of the event loop: whatever waits for promises alone has run before time goes on
      yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
    })
  const storage = options.storage ?? createMemoryStorage()
  const channelOf = (kind: 'email' | 'sms' | 'social', script: ChannelScript = {}): FaultyChannel =>
    createFaultyChannel({
      clock,
      faultOf: () => null,
      ...script,
      capabilities: { kind, ...script.capabilities },
    })
  const email = channelOf('email', options.email)
  const sms = channelOf('sms', options.sms)
  const social = channelOf('social', {
    ...options.social,
    capabilities: { addressing: 'public', ...options.social?.capabilities },
  })
  const channels = { email, sms, ...(options.social === undefined ? {} : { social }) }
  const pizzeria = createPizzeria({
    storage,
    channels,
    kit: { clock, ...options.kit },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  return {
    ...pizzeria,
    clock,
    storage,
    email,
    sms,
    social,
    channels,
    /** Lapsed customers with a phone who allow e-mail and SMS. */
    async invite(count: number, more: (number: number) => Partial<CustomerInput> = () => ({})) {
      const customers = Array.from({ length: count }, (_, number) => {
        const { addresses, ...rest } = more(number)
        const phone = `+4930${String(1_000_000 + number)}`
        return lapsedCustomer(number, {
          addresses: { email: `ada${number}@example.com`, phone, ...addresses },
          ...rest,
        })
      })
      await pizzeria.kit.customers.upsert(customers)
      const channels: readonly ChannelKind[] = ['email', 'sms']
      await pizzeria.kit.consents.record(
        customers.flatMap(({ id }) =>
          channels.map((channel) => ({
            customerId: id,
            channel,
            topic: 'offers',
            decision: 'granted' as const,
            basis: 'sign-up form',
            obtainedAt: SAMPLE_NOW - 300 * DAY_MS,
          })),
        ),
      )
    },
    /** Creates and launches a campaign; nobody works on it yet. */
    async launch(more: Partial<CampaignInput> = {}) {
      const campaign = await pizzeria.kit.campaigns.create(winBack(more))
      return pizzeria.kit.campaigns.launch(campaign.id)
    },
    /** Every event of a name that this kit told, from now on. */
    heard<Name extends keyof KitEvents>(name: Name): readonly KitEvents[Name][] {
      return heardBy(pizzeria.root, name)
    },
  }
}

export function heardBy<Name extends keyof KitEvents>(
  root: CampaignKit,
  name: Name,
): readonly KitEvents[Name][] {
  const heard: KitEvents[Name][] = []
  root.on(name, (event) => heard.push(event))
  return heard
}

/** The messages of a campaign that is written by e-mail and SMS. */
export const BOTH: Pick<CampaignInput, 'messages'> = {
  messages: {
    email: {
      subject: 'We miss you, {{ customer.firstName }}',
      html: '<p>Hello {{ customer.firstName }}</p>{{ qr }}',
    },
    sms: { body: 'We miss you, {{ customer.firstName }}: {{ coupon.code }}' },
  },
}

/** When the provider took messages, in order. */
export function instantsOf(channel: FaultyChannel): readonly number[] {
  return channel.accepted.map(({ at }) => at).sort((left, right) => left - right)
}

/** The most that any window of the period holds, its end left out. */
export function busiest(instants: readonly number[], periodMs: number): number {
  let most = 0
  let from = 0
  for (const [to, at] of instants.entries()) {
    while (at - (instants[from] ?? at) >= periodMs) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}

/** Which share of a pace was used from the first instant to the last. */
export function usedShare(instants: readonly number[], { limit, periodMs }: Pace): number {
  const spanMs = (instants.at(-1) ?? 0) - (instants[0] ?? 0)
  return ((instants.length - 1) * periodMs) / (spanMs * limit)
}

/** How often each address was taken. */
export function timesTaken(channel: FaultyChannel): ReadonlyMap<string, number> {
  const taken = new Map<string, number>()
  for (const { message } of channel.accepted) taken.set(message.to, (taken.get(message.to) ?? 0) + 1)
  return taken
}

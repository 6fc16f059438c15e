import { isCampaignKitError } from '../../base/error.js'
import { CHANNEL_KINDS } from '../../model/channel-kind.js'
import { paceSchema } from '../../model/pace.js'
import { RECEIPT_TYPES } from '../../model/receipt.js'
import type { Scope } from '../../model/scope.js'
import type { Channel, OutgoingMessage, SendResult } from '../../ports/channel.js'
import { type ConformanceCase, conformanceCase } from './conformance-case.js'
import { expectEqual, expectPresent, expectThat } from './expectations.js'

/** What a channel case is run on: a channel whose provider is a fake one. */
export interface ChannelSubject {
  readonly channel: Channel
  readonly scope: Scope
  /** A message that the provider takes; different numbers give different messages. */
  readonly message: (number: number) => OutgoingMessage
  /** A message that the provider refuses for good; needed for `refusals`. */
  readonly refusedMessage?: (number: number) => OutgoingMessage
  /** How many messages the provider has taken so far; needed for `providerLog`. */
  readonly taken?: () => number
}

export type ChannelNeed = 'refusals' | 'providerLog' | 'idempotencyKeys' | 'closes'
export type ChannelCase = ConformanceCase<ChannelSubject, ChannelNeed>

/** What a channel and its fake provider have of that which cases need. */
export function channelHas({ channel, refusedMessage, taken }: ChannelSubject): ReadonlySet<ChannelNeed> {
  return new Set<ChannelNeed>([
    ...(refusedMessage === undefined ? [] : (['refusals'] as const)),
    ...(taken === undefined ? [] : (['providerLog'] as const)),
    ...(channel.capabilities.idempotencyKeys ? (['idempotencyKeys'] as const) : []),
    ...(channel.close === undefined ? [] : (['closes'] as const)),
  ])
}

const channelCase = (
  name: string,
  run: (subject: ChannelSubject) => Promise<void>,
  needs: readonly ChannelNeed[] = [],
): ChannelCase => conformanceCase(`channel: ${name}`, needs, run)

const OUTCOMES: readonly SendResult['outcome'][] = [
  'accepted',
  'transient',
  'permanent',
  'throttled',
  'misconfigured',
  'unknown',
]

const takenBy = ({ taken }: ChannelSubject): number => taken?.() ?? 0

const isWhole = (value: number, least: number, most = Number.MAX_SAFE_INTEGER) =>
  Number.isSafeInteger(value) && value >= least && value <= most

/** Sends messages in batches as large as the channel takes; one result for each. */
async function sendAll(
  { channel, scope }: ChannelSubject,
  messages: readonly OutgoingMessage[],
): Promise<SendResult[]> {
  const results: SendResult[] = []
  const { batchSize } = channel.capabilities
  for (let from = 0; from < messages.length; from += batchSize) {
    const batch = messages.slice(from, from + batchSize)
    const answers = await channel.send(scope, batch)
    expectEqual(answers.length, batch.length, 'results of a batch')
    results.push(...answers)
  }
  return results
}

const capabilityCases: readonly ChannelCase[] = [
  channelCase('its capabilities make sense', async ({ channel, scope }) => {
    const { capabilities } = channel
    const { kind, addressing, account, window, batchSize, maxMessageBytes } = capabilities
    expectThat(CHANNEL_KINDS.includes(kind), 'a known kind', kind)
    expectThat(addressing === 'person' || addressing === 'public', 'person or public', addressing)
    expectThat(/\S/.test(account), 'an account', account)
    const ofTenant = channel.accountOf?.(scope) ?? account
    expectThat(/\S/.test(ofTenant), 'an account of the tenant', ofTenant)
    expectThat(isWhole(window, 1, 1_000), 'a window of 1 to 1,000', window)
    expectThat(isWhole(batchSize, 1, window), 'a batch size of 1 to the window', batchSize)
    expectThat(maxMessageBytes > 0, 'room for a message', maxMessageBytes)
  }),
  channelCase('its receipts, price and pace make sense', async ({ channel: { capabilities } }) => {
    const { receipts, receiptWindowMs, price, accountPace } = capabilities
    expectThat(
      receipts.every((type) => RECEIPT_TYPES.includes(type)),
      'known receipts',
      receipts,
    )
    expectEqual(new Set(receipts).size, receipts.length, 'different receipts')
    expectThat(
      isWhole(receiptWindowMs, receipts.length === 0 ? 0 : 1),
      'a window of receipts',
      receiptWindowMs,
    )
    if (receipts.length === 0) expectEqual(receiptWindowMs, 0, 'the window of no receipts')
    if (price !== null) {
      expectThat(
        isWhole(price.amountMinor, 0) && isWhole(price.per, 1),
        'whole minor units for so many',
        price,
      )
      expectThat(/^[A-Z]{3}$/.test(price.currency), 'an ISO 4217 code', price.currency)
    }
    if (accountPace !== null) expectThat(paceSchema.safeParse(accountPace).success, 'a pace', accountPace)
  }),
]

const sendCases: readonly ChannelCase[] = [
  channelCase('every message gets its own result, in order', async (subject) => {
    const { window, batchSize } = subject.channel.capabilities
    const count = Math.min(window, 2 * batchSize + 1)
    const results = await sendAll(
      subject,
      Array.from({ length: count }, (_, at) => subject.message(at)),
    )
    const ids: string[] = []
    for (const result of results) {
      expectThat(result.outcome === 'accepted', 'accepted', result)
      if (result.providerMessageId !== null) ids.push(result.providerMessageId)
      expectThat(isWhole(result.costMicros ?? 0, 0), 'a cost of whole micro units', result)
    }
    expectEqual(new Set(ids).size, ids.length, 'different ids of the provider')
  }),
  channelCase(
    'a message that is refused does not hurt its neighbours',
    async (subject) => {
      const refused = expectPresent(subject.refusedMessage, 'refused messages')
      const messages = [subject.message(0), refused(1), subject.message(2), refused(3)]
      const results = await sendAll(subject, messages)
      expectEqual(
        results.map(({ outcome }) => outcome === 'accepted'),
        [true, false, true, false],
        'which were accepted',
      )
      for (const [at, message] of messages.entries()) {
        const result = expectPresent(results[at], 'a result')
        expectThat(OUTCOMES.includes(result.outcome), 'a known outcome', result)
        if (result.outcome === 'accepted') continue
        expectThat(/^[\w.:-]{1,64}$/.test(result.code), 'a code of one word', result.code)
        expectThat(!result.code.includes(message.to), 'a code without the address', result.code)
      }
    },
    ['refusals'],
  ),
  channelCase(
    'it makes one attempt for each message, also when asked again',
    async (subject) => {
      const before = takenBy(subject)
      await sendAll(subject, [subject.message(0), subject.message(1)])
      expectEqual(takenBy(subject) - before, 2, 'messages that the provider took')
      if (subject.channel.capabilities.idempotencyKeys) return
      await sendAll(subject, [subject.message(0)])
      expectEqual(takenBy(subject) - before, 3, 'messages after the first was sent again')
    },
    ['providerLog'],
  ),
  channelCase(
    'a second call with the same key sends nothing',
    async (subject) => {
      const before = takenBy(subject)
      await sendAll(subject, [subject.message(0)])
      await sendAll(subject, [subject.message(0)])
      expectEqual(takenBy(subject) - before, 1, 'messages that the provider took')
    },
    ['providerLog', 'idempotencyKeys'],
  ),
  channelCase('with a signal that was aborted it sends nothing', async (subject) => {
    const { channel, scope } = subject
    const before = takenBy(subject)
    const results = await channel
      .send(scope, [subject.message(0)], { signal: AbortSignal.abort() })
      .catch((thrown: unknown) => {
        expectThat(isCampaignKitError(thrown, 'ABORTED'), 'a refusal with ABORTED', String(thrown))
        return []
      })
    expectThat(
      results.every(({ outcome }) => outcome !== 'accepted'),
      'nothing accepted',
      results,
    )
    expectEqual(takenBy(subject), before, 'messages that the provider took')
  }),
  channelCase(
    'it can be closed, and closed again',
    async (subject) => {
      await sendAll(subject, [subject.message(0)])
      await subject.channel.close?.()
      await subject.channel.close?.()
    },
    ['closes'],
  ),
]

/** What a Channel means. */
export const channelConformance: readonly ChannelCase[] = [...capabilityCases, ...sendCases]

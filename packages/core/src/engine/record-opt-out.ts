import type { CustomerId } from '../base/ids.js'
import { type ConsentRecord, decideConsent, EVERY_TOPIC } from '../model/consent.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { journalEntry } from './journal-entry.js'
import type { ReceivedMessage } from './received-message.js'

const OPT_OUT = 'opt-out by message'
const OPT_IN = 'opt-in by message'

/** The address is never written to again on the channel, and those who have it deny every topic. */
export async function recordOptOut(
  context: EngineContext,
  scope: Scope,
  message: ReceivedMessage,
): Promise<void> {
  const { channel, at, addressKeys, writer } = message
  await context.storage.consents.suppress(
    scope,
    [{ channel, addressKey: addressKeys[0], reason: 'requested', since: at }],
    journalOf(context, scope, message, 'addresses.suppress', OPT_OUT, 1),
  )
  const records = writer.customerIds.map((customerId) =>
    recordOf(message, customerId, EVERY_TOPIC, 'denied', OPT_OUT),
  )
  await record(context, scope, message, records, OPT_OUT)
}

/** Takes back what an opt-out did: its suppression, and the consents that it took away. Others stay as they are. */
export async function recordOptIn(
  context: EngineContext,
  scope: Scope,
  message: ReceivedMessage,
): Promise<void> {
  const { at, writer, optedOut, optInTopics } = message
  // one that was asked for later than this was written stands
  const lifted = optedOut.filter(({ since }) => since <= at)
  if (lifted.length > 0) {
    await context.storage.consents.unsuppress(
      scope,
      lifted,
      journalOf(context, scope, message, 'addresses.unsuppress', OPT_IN, lifted.length),
    )
  }
  const records: ConsentRecord[] = []
  for (const customerId of writer.customerIds) {
    const history = await context.storage.consents.history(scope, customerId)
    const topics = new Set([...takenAway(history, message), ...optInTopics])
    for (const topic of topics) records.push(recordOf(message, customerId, topic, 'granted', OPT_IN))
  }
  await record(context, scope, message, records, OPT_IN)
}

/** Topics that are granted but for the opt-outs since the last opt-in; a denial of another kind is not taken back. */
function takenAway(
  history: readonly ConsentRecord[],
  { channel, at }: Pick<ReceivedMessage, 'channel' | 'at'>,
): readonly string[] {
  const ofChannel = history.filter((each) => each.channel === channel && each.obtainedAt <= at)
  const lastOptInAt =
    ofChannel.findLast(({ basis }) => basis === OPT_IN)?.obtainedAt ?? Number.NEGATIVE_INFINITY
  const isOpen = ({ basis, obtainedAt }: ConsentRecord) => basis === OPT_OUT && obtainedAt > lastOptInAt
  if (!ofChannel.some(isOpen)) return []
  const others = ofChannel.filter((each) => !isOpen(each))
  const topics = new Set(others.filter(({ decision }) => decision === 'granted').map(({ topic }) => topic))
  return [...topics].filter((topic) => decideConsent(others, channel, topic) === 'granted')
}

function recordOf(
  { channel, at, key }: Pick<ReceivedMessage, 'channel' | 'at' | 'key'>,
  customerId: CustomerId,
  topic: string,
  decision: ConsentRecord['decision'],
  basis: string,
): ConsentRecord {
  return { customerId, channel, topic, decision, basis, obtainedAt: at, evidence: `message ${key}` }
}

async function record(
  context: EngineContext,
  scope: Scope,
  message: ReceivedMessage,
  records: readonly ConsentRecord[],
  reason: string,
): Promise<void> {
  if (records.length === 0) return
  const action = reason === OPT_OUT ? 'consents.deny' : 'consents.record'
  await context.storage.consents.record(
    scope,
    records,
    journalOf(context, scope, message, action, reason, records.length),
  )
}

function journalOf(
  context: EngineContext,
  scope: Scope,
  { key, channel }: Pick<ReceivedMessage, 'key' | 'channel'>,
  action: string,
  reason: string,
  count: number,
) {
  return journalEntry(context, scope, {
    action,
    subject: { type: 'message', id: key },
    reason,
    after: { channel, count },
  })
}

import type { DeliveryId } from '../base/ids.js'
import type { Delivery, DeliveryStatus } from '../model/delivery.js'

/** One message in a provider's own log, by whichever id it keeps. */
export interface ProviderRecord {
  /** Our id, where the provider was given it. */
  readonly deliveryId?: string
  /** The id that the provider gave. */
  readonly providerMessageId?: string
}

/** What two logs of one campaign say of each other, by delivery, in the order of ours. */
export interface Reconciliation {
  /** Deliveries that both have once, and we call sent. */
  readonly agreed: number
  /** We call them sent; the provider knows nothing of them. */
  readonly missing: readonly DeliveryId[]
  /** Held or in doubt with us; the provider has taken them, so they can be decided as sent. */
  readonly taken: readonly DeliveryId[]
  /** Held or in doubt with us; the provider knows nothing of them, so they can be sent again. */
  readonly untaken: readonly DeliveryId[]
  /** Neither sent nor in doubt with us; the provider has taken them all the same. */
  readonly unexpected: readonly DeliveryId[]
  /** The provider has taken them more than once. */
  readonly repeated: readonly DeliveryId[]
  /** Records that fit no delivery. */
  readonly strangers: number
}

type OwnRecord = Pick<Delivery, 'id' | 'status' | 'providerMessageId'>

const DOUBTFUL: readonly DeliveryStatus[] = ['held', 'inDoubt', 'attempting']

/** Compares our deliveries with a provider's log, which is held in memory. Each record counts for one delivery. */
export async function reconcileLogs(
  deliveries: AsyncIterable<OwnRecord> | Iterable<OwnRecord>,
  records: AsyncIterable<ProviderRecord> | Iterable<ProviderRecord>,
): Promise<Reconciliation> {
  const log = await readLog(records)
  const found = {
    missing: listOf(),
    taken: listOf(),
    untaken: listOf(),
    unexpected: listOf(),
    repeated: listOf(),
  }
  let agreed = 0
  let matched = 0
  for await (const delivery of deliveries) {
    const times = timesIn(log, delivery)
    matched += times
    if (times > 1) found.repeated.push(delivery.id)
    const place = placeOf(delivery.status, times)
    if (place !== null) found[place].push(delivery.id)
    else if (times === 1) agreed += 1
  }
  return { agreed, ...found, strangers: log.records - matched }
}

const listOf = (): DeliveryId[] => []

function placeOf(
  status: DeliveryStatus,
  times: number,
): 'missing' | 'taken' | 'untaken' | 'unexpected' | null {
  if (DOUBTFUL.includes(status)) return times > 0 ? 'taken' : 'untaken'
  if (status === 'sent') return times > 0 ? null : 'missing'
  return times > 0 ? 'unexpected' : null
}

interface Log {
  readonly records: number
  readonly byDelivery: ReadonlyMap<string, number>
  readonly byMessage: ReadonlyMap<string, number>
}

async function readLog(given: AsyncIterable<ProviderRecord> | Iterable<ProviderRecord>): Promise<Log> {
  const byDelivery = new Map<string, number>()
  const byMessage = new Map<string, number>()
  let records = 0
  const count = (ids: Map<string, number>, id: string) => ids.set(id, (ids.get(id) ?? 0) + 1)
  for await (const { deliveryId, providerMessageId } of given) {
    records += 1
    if (deliveryId !== undefined) count(byDelivery, deliveryId)
    else if (providerMessageId !== undefined) count(byMessage, providerMessageId)
  }
  return { records, byDelivery, byMessage }
}

function timesIn({ byDelivery, byMessage }: Log, { id, providerMessageId }: OwnRecord): number {
  return (
    (byDelivery.get(id) ?? 0) + (providerMessageId === null ? 0 : (byMessage.get(providerMessageId) ?? 0))
  )
}

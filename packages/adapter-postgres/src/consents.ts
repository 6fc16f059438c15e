import {
  type AddressKey,
  type ConsentRecord,
  type ConsentStore,
  type CustomerId,
  canonicalJson,
  isDecided,
  joinSuppression,
  type Scope,
  type Suppression,
  sha256,
  standing,
  toHex,
  utf8,
} from '@campaignkit/core/adapter'
import { type Columns, given, namesOf, probes, typedNamesOf } from './columns.js'
import type { Database, Session } from './database.js'
import { writeJournal } from './journal.js'
import { frequent } from './ready-statements.js'
import { sql } from './sql.js'
import type { Tables } from './tables.js'

const RECORD: Columns<ConsentRecord> = [
  { name: 'customer_id', type: 'text', of: ({ customerId }) => customerId },
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  { name: 'topic', type: 'text', of: ({ topic }) => topic },
  { name: 'decision', type: 'text', of: ({ decision }) => decision },
  { name: 'basis', type: 'text', of: ({ basis }) => basis },
  { name: 'obtained_at', type: 'float8', of: ({ obtainedAt }) => obtainedAt },
  { name: 'evidence', type: 'text', of: ({ evidence }) => evidence },
]

/** By its identity the same record is known when it comes again. */
const KEPT_RECORD: Columns<ConsentRecord> = [
  { name: 'identity', type: 'text', of: (record) => identityOf(record) },
  ...RECORD,
]

const SUPPRESSION: Columns<Suppression> = [
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  { name: 'address_key', type: 'text', of: ({ addressKey }) => addressKey },
  { name: 'reason', type: 'text', of: ({ reason }) => reason },
  { name: 'since', type: 'float8', of: ({ since }) => since },
]

const CUSTOMER: Columns<CustomerId> = [{ name: 'customer_id', type: 'text', of: (id) => id }]
const ADDRESS_KEY: Columns<AddressKey> = [{ name: 'address_key', type: 'text', of: (key) => key }]

interface RecordRow {
  readonly customer_id: CustomerId
  readonly channel: ConsentRecord['channel']
  readonly topic: string
  readonly decision: ConsentRecord['decision']
  readonly basis: string
  readonly obtained_at: number
  readonly evidence: string | null
}

interface SuppressionRow extends Omit<Suppression, 'addressKey'> {
  readonly address_key: AddressKey
}

/** The consents of {@link createPostgresStorage}. */
export function createConsentStore(database: Database, tables: Tables): ConsentStore {
  const { consents, suppressions } = tables
  const journalled: Journalled = (scope, entry, work) =>
    database.transaction(async (session) => {
      await work(session)
      await writeJournal(session, tables, scope, [entry])
    })
  const read = async ({ tenant }: Scope, customerIds: readonly CustomerId[]) => {
    const rows = await database.rows<RecordRow>(
      frequent(sql`
      with ${probes({ tenant }, CUSTOMER, [...new Set(customerIds)])}
      select ${namesOf(RECORD)} from given join ${consents} using (tenant, customer_id)
      order by customer_id, obtained_at, identity`),
    )
    return rows.map(recordOf)
  }
  return {
    record: (scope, records, entry) =>
      journalled(scope, entry, async (session) => {
        await session.rows(sql`
          insert into ${consents} (tenant, ${namesOf(KEPT_RECORD)})
          select ${scope.tenant}, ${typedNamesOf(KEPT_RECORD)} from ${given(KEPT_RECORD, records)}
          order by given.customer_id, given.identity
          on conflict (tenant, customer_id, identity) do nothing`)
      }),
    standing: async (scope, customerIds) => standingOf(await read(scope, customerIds)),
    history: (scope, customerId) => read(scope, [customerId]),
    forget: (scope, customerIds, entry) =>
      journalled(scope, entry, async (session) => {
        await session.rows(sql`
          delete from ${consents} where tenant = ${scope.tenant} and customer_id = any(${customerIds}::text[])`)
      }),
    suppress: (scope, given, entry) =>
      journalled(scope, entry, (session) => suppress(session, tables, scope, given)),
    unsuppress: (scope, keys, entry) =>
      journalled(scope, entry, async (session) => {
        await session.rows(sql`
          delete from ${suppressions} as kept
          using unnest(${keys.map(({ channel }) => channel)}::text[], ${keys.map(({ addressKey }) => addressKey)}::text[])
            as given(channel, address_key)
          where kept.tenant = ${scope.tenant} and kept.channel = given.channel
            and kept.address_key = given.address_key`)
      }),
    suppressed: async ({ tenant }, addressKeys) => {
      const rows = await database.rows<SuppressionRow>(
        frequent(sql`
        with ${probes({ tenant }, ADDRESS_KEY, [...new Set(addressKeys)])}
        select ${namesOf(SUPPRESSION)} from given join ${suppressions} using (tenant, address_key)`),
      )
      return rows.map(suppressionOf)
    },
  }
}

type Journalled = (
  scope: Scope,
  entry: Parameters<ConsentStore['record']>[2],
  work: (session: Session) => Promise<void>,
) => Promise<void>

/** Writes suppressions; where there is one already both are joined, under its lock. */
async function suppress(
  session: Session,
  { suppressions }: Tables,
  { tenant }: Scope,
  added: readonly Suppression[],
): Promise<void> {
  const fresh = joinedAll([], added)
  const written = await session.rows<SuppressionRow>(sql`
    insert into ${suppressions} (tenant, ${namesOf(SUPPRESSION)})
    select ${tenant}, ${typedNamesOf(SUPPRESSION)} from ${given(SUPPRESSION, fresh)}
    order by given.address_key, given.channel
    on conflict (tenant, address_key, channel) do nothing returning ${namesOf(SUPPRESSION)}`)
  if (written.length === fresh.length) return
  const known = await session.rows<SuppressionRow>(sql`
    select ${namesOf(SUPPRESSION)} from ${suppressions}
    where tenant = ${tenant} and address_key = any(${fresh.map(({ addressKey }) => addressKey)}::text[])
    order by address_key, channel for update`)
  const after = joinedAll(known.map(suppressionOf), fresh)
  await session.rows(sql`
    update ${suppressions} as kept set reason = given.reason, since = given.since
    from ${given(SUPPRESSION, after)}
    where kept.tenant = ${tenant} and kept.address_key = given.address_key and kept.channel = given.channel`)
}

/** Suppressions of one address on one channel joined into one. */
function joinedAll(known: readonly Suppression[], added: readonly Suppression[]): readonly Suppression[] {
  const byPlace = new Map<string, Suppression>()
  for (const suppression of [...known, ...added]) {
    const place = JSON.stringify([suppression.channel, suppression.addressKey])
    const earlier = byPlace.get(place)
    byPlace.set(place, earlier === undefined ? suppression : joinSuppression(earlier, suppression))
  }
  return [...byPlace.values()]
}

/** What stands of records that come customer by customer, oldest first. */
function standingOf(records: readonly ConsentRecord[]): readonly ConsentRecord[] {
  const last = new Map<string, ConsentRecord>()
  for (const record of records.filter(isDecided)) {
    const subject = JSON.stringify([record.customerId, record.channel, record.topic])
    const known = last.get(subject)
    last.set(subject, known === undefined ? record : standing(known, record))
  }
  return [...last.values()]
}

function identityOf(record: ConsentRecord): string {
  return toHex(sha256(utf8(canonicalJson(record))))
}

function recordOf(row: RecordRow): ConsentRecord {
  return {
    customerId: row.customer_id,
    channel: row.channel,
    topic: row.topic,
    decision: row.decision,
    basis: row.basis,
    obtainedAt: row.obtained_at,
    ...(row.evidence === null ? {} : { evidence: row.evidence }),
  }
}

function suppressionOf({ address_key: addressKey, ...row }: SuppressionRow): Suppression {
  return { ...row, addressKey }
}

import {
  type AudiencePlan,
  EVERY_TOPIC,
  EXCLUSION_CODES,
  type ReachableContact,
  type Run,
  rankKeyPrefix,
  type Standing,
  type Stretch,
  toHex,
} from '@campaignkit/core/adapter'
import { type Columns, given, typedNamesOf } from './columns.js'
import type { Session } from './database.js'
import { criteriaPredicate } from './matching/criteria-predicate.js'
import { eventCountsByRow } from './matching/event-counts.js'
import { within } from './matching/matched-rows.js'
import type { MatchingPlace } from './matching/matching-statements.js'
import { plannedMember } from './planned-member.js'
import { SLICES } from './planned-rows.js'
import { type Fragment, joined, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

const BYTES = 256
/** The slice of a rank key, as bytes. */
const SLICE = raw(`get_byte(p.hash, 0) / ${BYTES / SLICES}`)
/** The codes in the order in which the gates ask. */
const CODES = raw(`array['${EXCLUSION_CODES.join("','")}']`)

/** What is planned at a stretch. */
export interface StretchToPlan {
  readonly run: Run
  readonly plan: AudiencePlan
  readonly stretch: Stretch
  readonly contacts: readonly ReachableContact[]
}

/** Where contacts are planned. */
export interface PlanningPlace extends MatchingPlace {
  readonly tables: Tables
}

/**
 * The rule of `DatabasePlanner.planStretch`, in one statement: consents, ranks and counted segments of those who are
 * given. A row of a slice that is there already stays: who is in it follows from the stretch and the hash of the id, so
 * that two who plan a stretch at once leave nobody out and take nobody twice.
 */
export async function planStretch(
  session: Session,
  place: PlanningPlace,
  { run, plan, stretch, contacts }: StretchToPlan,
): Promise<void> {
  const { source, tables, tenant } = place
  const standings = [...new Set(contacts.map(({ standing }) => standing))].map(numberedStanding)
  const segments = countedSegments(place, plan)
  const ways = plan.channels.map((channel, at) => wayOf(channel, at, plan.topic))
  const prefix = toHex(rankKeyPrefix({ tenant, salt: plan.salt }))
  const customer = [sql`${source.id} = given.id`, source.ofTenant(tenant), ...within(source, stretch)]
  const member = plannedMember(tables, {
    customer_id: raw('p.id'),
    rank_key: raw(`encode(p.hash, 'hex')`),
    due_at: raw('p.due_at'),
    arm: raw('case when p.exclusion is null then p.arm end'),
    lane: raw('case when p.exclusion is null then p.lane end'),
    exclusion: raw('p.exclusion'),
    channels: raw('p.channels'),
    tags: raw('p.tags'),
    segments: raw('p.segments'),
    address_keys: raw('p.address_keys'),
  })
  await session.rows(sql`
    with given as materialized (
      select * from ${given(contactColumns(plan, standings), contacts)}
    ), standings as materialized (
      select ${typedNamesOf(STANDING)} from ${given(STANDING, standings)}
    ), people as (
      select given.id, hashed.hash, standings.due_at, standings.arm, standings.lane, ${source.tags} as tags,
        ${segments.names} || standings.labels as segments,
        ${joined(
          ways.map(({ channels }) => channels),
          ' || ',
        )} as channels,
        ${joined(
          ways.map(({ keys }) => keys),
          ' || ',
        )} as address_keys,
        case when not (${joined(
          ways.map(({ isOpen }) => isOpen),
          ' or ',
        )}) then (${CODES})[greatest(${joined(
          ways.map(({ reason }) => sql`array_position(${CODES}, ${reason})`),
          ', ',
        )})] end as exclusion
      from given join ${source.relation} on ${joined(customer, ' and ')}
      join standings on standings.number = given.standing
      ${segments.joins}
      ${joined(
        ways.map(({ consent }) => consent(place, stretch)),
        ' ',
      )}
      cross join lateral (
        select sha256(decode(${prefix}::text, 'hex') || int4send(octet_length(bytes)) || bytes) as hash
        from (select convert_to(coalesce(given.normal, given.id), 'UTF8') as bytes) as named offset 0
      ) as hashed
    )
    insert into ${tables.planned_members} (tenant, run_id, slice, page, members)
    select ${tenant}, ${run.id}, ${SLICE}, ${stretch.number}, array_agg(${member})
    from people as p group by ${SLICE}
    on conflict (tenant, run_id, slice, page) do nothing`)
}

/** Two columns a channel: the key of the address, and the code of a gate that is shut. */
function contactColumns(
  { channels }: AudiencePlan,
  standings: readonly NumberedStanding[],
): Columns<ReachableContact> {
  const numbers = new Map(standings.map(({ number, standing }) => [standing, number]))
  return [
    { name: 'id', type: 'text', of: ({ customerId }) => customerId },
    { name: 'normal', type: 'text', of: ({ customerId }) => normalUnlessSame(customerId) },
    { name: 'standing', type: 'int', of: ({ standing }) => numbers.get(standing) },
    ...channels.flatMap(
      (_, at): Columns<ReachableContact> => [
        { name: `key_${at}`, type: 'text', of: ({ ways }) => ways[at]?.addressKey },
        { name: `code_${at}`, type: 'text', of: ({ ways }) => ways[at]?.exclusion },
      ],
    ),
  ]
}

/** Not left to the database, which may know another version of Unicode. */
function normalUnlessSame(id: string): string | null {
  const normal = id.normalize('NFC')
  return normal === id ? null : normal
}

interface NumberedStanding {
  readonly number: number
  readonly standing: Standing
}

const numberedStanding = (standing: Standing, number: number): NumberedStanding => ({ number, standing })

const STANDING: Columns<NumberedStanding> = [
  { name: 'number', type: 'int', of: ({ number }) => number },
  { name: 'due_at', type: 'float8', of: ({ standing }) => standing.dueAt },
  { name: 'arm', type: 'text', of: ({ standing }) => standing.arm },
  { name: 'lane', type: 'text', of: ({ standing }) => standing.lane },
  { name: 'labels', type: 'text[]', of: ({ standing }) => standing.labels },
]

/** A channel in the statement. */
interface WaySql {
  readonly isOpen: Fragment
  /** The channel, or nothing, as a list; so with the key of the address. */
  readonly channels: Fragment
  readonly keys: Fragment
  /** Why the channel is not open. */
  readonly reason: Fragment
  /** What joins the decision of each person who is given. */
  consent(place: PlanningPlace, stretch: Stretch): Fragment
}

/** A channel to which a person's own word opens the way (`decideConsent`), where the campaign has a topic. */
function wayOf(channel: string, at: number, topic: string | null): WaySql {
  const code = raw(`given.code_${at}`)
  const key = raw(`given.key_${at}`)
  const decided = raw(`consent_${at}`)
  const isOpen =
    topic === null
      ? sql`${code} is null`
      : sql`(${code} is null and ${decided}.decision is not distinct from 'granted')`
  return {
    isOpen,
    channels: sql`case when ${isOpen} then array[${channel}::text] else '{}' end`,
    keys: sql`case when ${isOpen} then array[${key}] else '{}' end`,
    reason:
      topic === null
        ? code
        : sql`coalesce(${code}, case when ${decided}.decision = 'denied' then 'consentDenied' else 'noConsent' end)`,
    consent: ({ tables, tenant }, { after, upTo }) =>
      topic === null
        ? sql``
        : sql`left join (
            select distinct on (k.customer_id) k.customer_id, k.decision
            from given join ${tables.consents} as k on k.tenant = ${tenant} and k.customer_id = given.id
              and k.customer_id > ${after} ${upTo === null ? sql`` : sql`and k.customer_id <= ${upTo}`}
            where k.channel = ${channel} and k.topic in (${topic}, ${EVERY_TOPIC}) and k.decision <> 'pending'
            order by k.customer_id, k.obtained_at desc, k.decision
          ) as ${decided} on ${decided}.customer_id = given.id`,
  }
}

/** The names of the segments that hold, as a list in the order of the segments. */
function countedSegments(
  { source, tables, tenant }: PlanningPlace,
  { segments, asOf }: AudiencePlan,
): { readonly joins: Fragment; readonly names: Fragment } {
  if (segments.length === 0) return { joins: sql``, names: raw(`'{}'::text[]`) }
  const scope = { events: tables.events, tenant, asOf, customerId: source.id }
  const counts = eventCountsByRow({ type: 'any', of: segments.map(({ criteria }) => criteria) }, scope)
  const names = segments.map(
    ({ name, criteria }) =>
      sql`case when ${criteriaPredicate(criteria, { source, counts, asOf })} then ${name}::text end`,
  )
  return { joins: counts.joins, names: sql`array_remove(array[${joined(names, ', ')}], null)` }
}

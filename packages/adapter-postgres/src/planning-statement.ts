import {
  type AudiencePlan,
  type ChannelKind,
  EVERY_TOPIC,
  EXCLUSION_CODES,
  type Run,
  rankKeyPrefix,
  type Standing,
  type Stretch,
  toHex,
} from '@campaignkit/core/adapter'
import { arrayLiteral } from './columns.js'
import type { Session } from './database.js'
import { criteriaPredicate } from './matching/criteria-predicate.js'
import { eventCountsByRow } from './matching/event-counts.js'
import type { MatchingPlace } from './matching/matched-rows.js'
import { CLAIMS, type Claims, COUNTS, claimOf, claimsIn, countsOf, plannedMember } from './planned-member.js'
import { SLICES } from './planned-rows.js'
import { type Fragment, joined, raw, sql } from './sql.js'
import type { Tables } from './tables.js'

const BYTES = 256
/** The slice of a rank key, as bytes. */
const SLICE = raw(`get_byte(p.hash, 0) / ${BYTES / SLICES}`)
/** The codes in the order in which the gates ask. */
const CODES = raw(`array['${EXCLUSION_CODES.join("','")}']`)

/** Where contacts are planned. */
export interface PlanningPlace extends MatchingPlace {
  readonly tables: Tables
}

/** What is planned at a stretch. */
export interface StretchToPlan {
  readonly run: Run
  readonly plan: AudiencePlan
  readonly stretch: Stretch
}

/** Who of a stretch is planned, as a common table `given`. */
export interface Candidates {
  /**
   * A row each: the id; as `normal` its normal form, null where it is that itself; as `standing` the place of that in
   * {@link Candidates.standings}, from 1; of each channel `keys` under {@link keyAt}, under {@link codeAt} the code of a gate that is shut.
   */
  readonly given: Fragment
  readonly standings: readonly Standing[]
  /** How many keys an address has at most. */
  readonly keys: number
  /** Whom `given` has, as conditions of the customers; null where it has their `tags`, and nothing else is asked of them. */
  readonly isGiven: readonly Fragment[] | null
  /** Nobody is planned unless it is so of each who is given; null where it need not be asked. */
  readonly isKnown: Fragment | null
}

/** What the statement tells. */
export interface PlannedCount {
  /** How many are given. */
  readonly found: number
  /** Whether {@link Candidates.isKnown} is so of each; else nobody was planned. */
  readonly all_known: boolean
}

/** Of a channel, the key of an address under one of the secrets. */
export const keyAt = (channel: number, secret: number) => `key_${channel}_${secret}`
/** Of a channel, the code of a gate that is shut. */
export const codeAt = (channel: number) => `code_${channel}`

/** The numbers from 0 on. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at)
}

/** Readies a transaction for {@link planningStatement}. */
export async function readyToPlan(session: Session): Promise<void> {
  // what is given is joined by thousands, and the database takes it for a few; a join that cannot be but nested then seems so
  // dear that all would be compiled, for a statement of milliseconds
  await session.rows(sql`select set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)`)
}

/**
 * From `with` on, the statement that plans those who are given: suppressions, consents, ranks and counted segments. A row
 * of a slice that is there already stays: who is in it follows from the stretch and the hash of the id, so that two who
 * plan a stretch at once leave nobody out and take nobody twice.
 *
 * @returns a statement of one row, a {@link PlannedCount}
 */
export function planningStatement(
  place: PlanningPlace,
  { run, plan, stretch }: StretchToPlan,
  { given, standings, keys, isGiven, isKnown }: Candidates,
): Fragment {
  const { tables, tenant } = place
  const segments = countedSegments(place, plan)
  const customer = customerOf(place, isGiven)
  const ways = plan.channels.map((channel, at) => wayOf(channel, at, plan.topic !== null))
  const fields = {
    customer_id: raw('p.id'),
    rank_key: raw(`encode(p.hash, 'hex')`),
    due_at: raw('p.due_at'),
    arm: raw('case when p.exclusion is null then p.arm end'),
    lane: raw('case when p.exclusion is null then p.lane end'),
    exclusion: raw('p.exclusion'),
    channels: raw('p.channels'),
    tags: raw('p.tags'),
    segments: raw('p.segments'),
  }
  const hash = idHash(rankKeyPrefix({ tenant, salt: plan.salt }), raw('coalesce(given.normal, given.id)'))
  return sql`
    with given as materialized (${given}), ${suppressions(place, plan, keys)} ${decisions(place, plan)} gated as materialized (
      select given.id, given.standing, ${customer.carried} ${hash} as hash, ${gates(plan, keys)} from given
    ), people as (
      select gated.id, gated.hash, ${standingAt(standings)}, ${customer.tags} as tags,
        ${segments.names} || ${labelsAt(standings)} as segments,
        ${joined(
          ways.map(({ channels }) => channels),
          ' || ',
        )} as channels,
        ${joined(
          ways.map(
            ({ claim, twin }, at) => sql`${claim} as ${raw(claimAt(at))}, ${twin} as ${raw(twinAt(at))}`,
          ),
          ', ',
        )},
        case when not (${joined(
          ways.map(({ isOpen }) => isOpen),
          ' or ',
        )}) then (${CODES})[greatest(${joined(
          ways.map(({ reason }) => sql`array_position(${CODES}, ${reason})`),
          ', ',
        )})] end as exclusion
      from gated ${customer.join}
      ${segments.joins}
      ${joined(
        ways.map(({ join }) => join),
        ' ',
      )}
    ), known as (
      select count(*)::float8 as found, coalesce(bool_and(${isKnown ?? raw('true')}), true) as all_known from given
    ), planned as (
      insert into ${tables.planned_members} (tenant, run_id, slice, page, members, ${CLAIMS}, ${COUNTS})
      select ${tenant}, ${run.id}, ${SLICE}, ${stretch.number}::bigint, array_agg(${plannedMember(tables, fields)}),
        ${claimsIn(plan.channels.map(claimsAt))}, ${countsOf(fields)}
      from people as p where (select all_known from known) group by ${SLICE}
      on conflict (tenant, run_id, slice, page) do nothing
    )
    select * from known`
}

/** Where the tags of who is given come from: out of `given`, through `gated`, or of the customers joined to it. */
function customerOf({ source, tenant }: PlanningPlace, isGiven: Candidates['isGiven']) {
  if (isGiven === null) return { carried: raw('given.tags,'), tags: raw('gated.tags'), join: sql`` }
  const conditions = joined([sql`${source.id} = gated.id`, source.ofTenant(tenant), ...isGiven], ' and ')
  return { carried: sql``, tags: source.heldTags, join: sql`join ${source.relation} on ${conditions}` }
}

/** SHA-256 over some bytes, then an id in its normal form, in UTF-8 behind its length. */
export function idHash(prefix: Uint8Array, id: Fragment): Fragment {
  const bytes = sql`convert_to(${id}, 'UTF8')`
  return sql`sha256(decode(${toHex(prefix)}::text, 'hex') || int4send(octet_length(${bytes})) || ${bytes})`
}

/** As `dead`, the suppressions among the keys that are given. */
function suppressions({ tables, tenant }: PlanningPlace, { channels }: AudiencePlan, keys: number): Fragment {
  const all = channels.flatMap((_, at) => upTo(keys).map((secret) => `array_agg(${keyAt(at, secret)})`))
  return sql`dead as materialized (
    select channel, address_key from ${tables.suppressions}
    where tenant = ${tenant} and channel = any(${channels}::text[])
      and address_key = any((select ${raw(all.join(' || '))} from given)::text[])
  ),`
}

/** Of each channel the key under the current secret, and the first gate before consent that is shut. */
function gates({ channels }: AudiencePlan, keys: number): Fragment {
  const columns = channels.map((channel, at) => {
    const isDead = upTo(keys).map(
      (secret) =>
        sql`${raw(keyAt(at, secret))} in (select address_key from dead where channel = ${channel}::text)`,
    )
    return sql`${raw(keyAt(at, 0))} as ${raw(`key_${at}`)},
      coalesce(${raw(codeAt(at))}, case when ${joined(isDead, ' or ')} then 'suppressed' end) as ${raw(codeAt(at))}`
  })
  return joined(columns, ', ')
}

/** How the standing of a contact is read: few stand in ways of their own, so that a list of those is short. */
function standingAt(standings: readonly Standing[]): Fragment {
  const columns = [
    sql`(${standings.map(({ dueAt }) => dueAt)}::float8[])[gated.standing] as due_at`,
    sql`(${standings.map(({ arm }) => arm)}::text[])[gated.standing] as arm`,
    sql`(${standings.map(({ lane }) => lane)}::text[])[gated.standing] as lane`,
  ]
  return joined(columns, ', ')
}

function labelsAt(standings: readonly Standing[]): Fragment {
  if (standings.every(({ labels }) => labels.length === 0)) return NONE
  return sql`(${standings.map(({ labels }) => arrayLiteral(labels))}::text[])[gated.standing]::text[]`
}

const NONE = raw(`'{}'::text[]`)

/**
 * As `decided`, where consent is asked for: what stands of each person's words on each channel (`decideConsent`). The ids
 * are sought one by one, and not joined: of a join of what is given the database would not know how many rows there are.
 */
function decisions({ tables, tenant }: PlanningPlace, { channels, topic }: AudiencePlan): Fragment {
  if (topic === null) return sql``
  return sql`decided as materialized (
    select distinct on (k.customer_id, k.channel) k.customer_id, k.channel, k.decision
    from ${tables.consents} as k
    where k.tenant = ${tenant} and k.customer_id = any((select array_agg(id) from given)::text[]) and k.channel = any(${channels}::text[])
      and k.topic in (${topic}, ${EVERY_TOPIC}) and k.decision <> 'pending'
    order by k.customer_id, k.channel, k.obtained_at desc, k.decision
  ),`
}

const claimAt = (at: number) => `claim_${at}`
const twinAt = (at: number) => `twin_${at}`

function claimsAt(channel: ChannelKind, at: number): Claims {
  return { channel: sql`${channel}::text`, claim: raw(`p.${claimAt(at)}`), twin: raw(`p.${twinAt(at)}`) }
}

/** A channel in the statement. */
interface WaySql extends Pick<Claims, 'claim' | 'twin'> {
  readonly isOpen: Fragment
  /** The channel, or nothing, as a list. */
  readonly channels: Fragment
  /** Why the channel is not open. */
  readonly reason: Fragment
  /** What joins the decision of each person who is given. */
  readonly join: Fragment
}

/** A channel, to which a person's own word opens the way where it `needsConsent`. */
function wayOf(channel: ChannelKind, at: number, needsConsent: boolean): WaySql {
  const code = raw(`gated.${codeAt(at)}`)
  const numbers = claimOf(sql`${channel}::text`, raw(`gated.key_${at}`))
  const said = raw(`said_${at}`)
  const isOpen = needsConsent
    ? sql`(${code} is null and ${said}.decision is not distinct from 'granted')`
    : sql`${code} is null`
  return {
    isOpen,
    channels: sql`case when ${isOpen} then array[${channel}::text] else '{}' end`,
    claim: sql`case when ${isOpen} then ${numbers.claim} end`,
    twin: sql`case when ${isOpen} then ${numbers.twin} end`,
    reason: needsConsent
      ? sql`coalesce(${code}, case when ${said}.decision = 'denied' then 'consentDenied' else 'noConsent' end)`
      : code,
    join: needsConsent
      ? sql`left join decided as ${said} on ${said}.customer_id = gated.id and ${said}.channel = ${channel}::text`
      : sql``,
  }
}

/** The names of the segments that hold, as a list in the order of the segments. */
function countedSegments(
  { source, tables, tenant }: PlanningPlace,
  { segments, asOf }: AudiencePlan,
): { readonly joins: Fragment; readonly names: Fragment } {
  if (segments.length === 0) return { joins: sql``, names: NONE }
  const scope = { events: tables.events, tenant, asOf, customerId: source.id }
  const counts = eventCountsByRow({ type: 'any', of: segments.map(({ criteria }) => criteria) }, scope)
  const names = segments.map(
    ({ name, criteria }) =>
      sql`case when ${criteriaPredicate(criteria, { source, counts, asOf })} then ${name}::text end`,
  )
  return { joins: counts.joins, names: sql`array_remove(array[${joined(names, ', ')}], null)` }
}

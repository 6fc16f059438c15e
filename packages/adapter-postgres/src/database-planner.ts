import {
  addressKindOf,
  CONTACT_KINDS,
  type Contact,
  type ContactKind,
  type Customer,
  type CustomerDirectory,
  type CustomerId,
  type DatabasePlanner,
  type Stretch,
} from '@campaignkit/core/adapter'
import type { Announcer } from './announcements.js'
import { replaceRun } from './campaigns.js'
import { present } from './customer-row.js'
import type { Database } from './database.js'
import { holdRun } from './freezing.js'
import { requireDistinct } from './mapping/distinct-ids.js'
import type { CustomerSource } from './matching/customer-source.js'
import { everyMatch, matchesBetween } from './matching/matched-rows.js'
import { planAlone } from './plan-alone.js'
import { planStretch } from './plan-stretch.js'
import { raw, sql } from './sql.js'
import type { Tables } from './tables.js'

/** What a planner works with. */
interface Means {
  readonly customers: CustomerDirectory
  /** For statements that go through all customers, or a large part of them. */
  readonly unbounded: Database
  readonly source: () => Promise<CustomerSource>
}

/** Contacts of a stretch, a list each of what is known of them; no list of addresses that no channel writes to. */
interface ContactLists extends Partial<Readonly<Record<ContactKind, readonly (string | null)[]>>> {
  readonly ids: readonly CustomerId[] | null
  readonly seals: readonly (Customer['sealed'] | null)[]
  readonly zones: readonly (string | null)[]
}

/** The audiences of {@link createPostgresStorage}, planned where they stand. */
export function createDatabasePlanner(
  { customers, unbounded, source }: Means,
  tables: Tables,
  { announce }: Announcer,
): DatabasePlanner {
  const { planned_stretches: stretches } = tables
  return {
    customers,
    divide: async (scope, moved, plan, size) => {
      const { tenant } = scope
      const place = { source: await source(), tables, tenant }
      await unbounded.transaction(async (session) => {
        await replaceRun(session, tables, scope, moved, moved.version - 1)
        await session.rows(sql`
          with matched as (
            select ${place.source.id} as id, row_number() over (order by ${place.source.id}) as turn
            ${everyMatch(place, plan)}
          ), begins as (
            select 0 as number, '' as after
            union all
            select (turn / ${size}::int)::int, id from matched where turn % ${size}::int = 0
          )
          insert into ${stretches} (tenant, run_id, number, after, up_to)
          select ${tenant}, ${moved.id}, number, after, lead(after) over (order by number) from begins`)
      })
      announce(scope, [moved.campaignId])
    },
    stretch: async ({ tenant }, runId, number) => {
      const [row] = await unbounded.rows<Stretch>(sql`
        select number, after, up_to as "upTo" from ${stretches}
        where tenant = ${tenant} and run_id = ${runId} and number = ${number}`)
      return row ?? null
    },
    contacts: async ({ tenant }, plan, stretch) => {
      const place = { source: await source(), tables, tenant }
      const { selection, order } = place.source
      const written = new Set(plan.channels.map(addressKindOf))
      const kinds = CONTACT_KINDS.filter((kind) => written.has(kind))
      const addresses = kinds.map((kind) => `json_agg(m.${kind}) as ${kind},`).join(' ')
      const [lists] = await unbounded.rows<ContactLists>(sql`
        select json_agg(m.id) as ids, ${raw(addresses)} json_agg(m.sealed) as seals, json_agg(m.time_zone) as zones
        from (select ${selection} ${matchesBetween(place, plan, stretch)} order by ${order}) as m`)
      return lists === undefined ? [] : contactsOf(lists)
    },
    planAlone: async (scope, run, plan, stretch) => {
      const place = { source: await source(), tables, tenant: scope.tenant }
      return unbounded.transaction(async (session) => {
        await holdRun(session, tables, scope, run)
        return planAlone(session, place, { run, plan, stretch })
      })
    },
    planStretch: async (scope, run, plan, stretch, contacts) => {
      if (contacts.length === 0) return
      const place = { source: await source(), tables, tenant: scope.tenant }
      await unbounded.transaction(async (session) => {
        await holdRun(session, tables, scope, run)
        await planStretch(session, place, { run, plan, stretch }, contacts)
      })
    },
  }
}

function contactsOf({ ids, seals, zones, ...addresses }: ContactLists): readonly Contact[] {
  requireDistinct(ids ?? [])
  return (ids ?? []).map((id, at) => ({
    id,
    addresses: present({
      email: addresses.email?.[at],
      phone: addresses.phone?.[at],
      push: addresses.push?.[at],
    }),
    ...present({ sealed: seals[at], timeZone: zones[at] }),
  }))
}

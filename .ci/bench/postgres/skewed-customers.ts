import type { Knex } from 'knex'

export const TENANT = 'pizzeria'
export const NOW = 1_772_323_200_000

const DAY = 86_400_000
/** Indexes that are made behind the rows. */
const INDEX = /^(?:customers|events)_(?:by|of)_/

/** Whether so many customers stand there from an earlier run. */
export async function hasCustomers(knex: Knex, customers: number): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: readonly { readonly there: boolean }[] }>(
    'select exists (select from campaignkit.customers where tenant = ? and id = ?) as there',
    [TENANT, idOf(customers)],
  )
  return rows[0]?.there === true
}

function idOf(customer: number): string {
  return `c-${String(customer).padStart(9, '0')}`
}

/**
 * So many customers of one tenant and a tenth of them of another, half as many events, all skewed: a few tags, cities
 * and customers have most of them. Indexes are made behind the rows.
 */
export async function loadSkewedCustomers(knex: Knex, customers: number): Promise<void> {
  const { rows } = await knex.raw<{
    rows: readonly { readonly indexname: string; readonly indexdef: string }[]
  }>(
    `select indexname, indexdef from pg_indexes where schemaname = 'campaignkit' and tablename in ('customers', 'events')`,
  )
  const indexes = rows.filter(({ indexname }) => INDEX.test(indexname))
  for (const { indexname } of indexes) await knex.raw(`drop index campaignkit.${indexname}`)
  await knex.raw('select setseed(0.42)')
  await addCustomers(knex, TENANT, customers)
  await addCustomers(knex, 'trattoria', Math.ceil(customers / 10))
  await addEvents(knex, customers)
  for (const { indexdef } of indexes)
    await knex.raw(indexdef.replace(' ON ONLY ', ' ON ').replaceAll('?', '\\?'))
  await knex.raw('vacuum analyze campaignkit.customers')
  await knex.raw('vacuum analyze campaignkit.events')
}

async function addCustomers(knex: Knex, tenant: string, count: number): Promise<void> {
  await knex.raw(
    `insert into campaignkit.customers (tenant, id, first_name, email, tags, last_login_at, last_order_at, order_count,
        total_spent_minor, currency, last_conversation_at, conversation_status, time_zone, attributes)
      select :tenant, 'c-' || lpad(n::text, 9, '0'), 'Ada' || n, 'ada' || n || '@example.com',
        array_remove(array[
          case when a < 0.5 then 'newsletter' end, case when b < 0.2 then 'pizza-lover' end,
          case when c < 0.02 then 'vip' end, case when d < 0.08 then 'wine' end,
          't' || floor(power(e, 4) * 10000)], null),
        case when a < 0.7 then :now - floor(power(b, 3) * 800 * ${DAY}) end,
        case when d < 0.6 then :now - floor(power(c, 2) * 1000 * ${DAY}) end,
        case when d < 0.6 then floor(1 / (a + 0.02)) end, case when d < 0.6 then floor(3000 / (b + 0.02)) end, 'EUR',
        case when e < 0.2 then :now - floor(a * 700 * ${DAY}) end, case when e < 0.2 then 'closed' end,
        'Europe/Rome',
        jsonb_build_object('city', 'city ' || floor(power(a, 3) * 500), 'points', floor(c * 1000),
          'likes', jsonb_build_array('food ' || floor(power(b, 3) * 60), 'food ' || floor(power(c, 3) * 60)))
      from (select n, random() as a, random() as b, random() as c, random() as d, random() as e
        from generate_series(1, :count::int) as n) as made`,
    { tenant, count, now: NOW },
  )
}

async function addEvents(knex: Knex, customers: number): Promise<void> {
  await knex.raw(
    `insert into campaignkit.events (tenant, key, part, campaign_id, type, at, recorded_at, customer_id, attributions,
        amount_minor, cost_micros, machine)
      select :tenant, 'e-' || n, 0, 'campaign-' || n % 50,
        case when t < 0.8 then 'opened' when t < 0.98 then 'clicked' else 'order.placed' end,
        at, at, 'c-' || lpad((1 + floor(power(who, 6) * :customers))::text, 9, '0'), '[]', 0, 0, false
      from (select n, random() as t, random() as who, :now - 365.0 * ${DAY} * (1 - n::float8 / :events) as at
        from generate_series(1, :events::int) as n) as made`,
    { tenant: TENANT, customers, events: Math.ceil(customers / 2), now: NOW },
  )
}

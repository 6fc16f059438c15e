import { type Fragment, sql } from '../sql.js'

/** Half way from the largest double to the next that there would be: from here on the nearest is infinity. */
const TO_INFINITY = String(2n ** 1024n - 2n ** 970n)
/** Half of the smallest double: up to here the nearest is zero. */
const TO_ZERO = `${5n ** 1075n}e-1075`

/**
 * The double nearest to a numeric, as JavaScript reads it. The cast alone refuses what rounds to infinity or to zero, and one
 * such row would stop whoever reads the table.
 */
export function nearestDouble(number: Fragment): Fragment {
  return sql`(case when abs(${number}) >= ${TO_INFINITY}::numeric then sign(${number})::float8 * 'Infinity'
    when abs(${number}) <= ${TO_ZERO}::numeric then 0 else ${number}::float8 end)`
}

/** A number of jsonb as JavaScript reads it; null for anything else. */
export function doubleIn(value: Fragment): Fragment {
  return sql`(case when jsonb_typeof(${value}) = 'number' then ${nearestDouble(sql`(${value})::numeric`)} end)`
}

import type { CustomerId, MatchRequest } from '@campaignkit/core/adapter'
import { type Fragment, numbered, sql } from '../sql.js'
import { everyMatch, type MatchingPlace, matchesBetween } from './matched-rows.js'

/** How many customers match, as one statement. */
export function countStatement(place: MatchingPlace, request: MatchRequest): Fragment {
  return sql`select count(*)::float8 as count ${everyMatch(place, request)}`
}

/** A page of the customers who match, in the code-point order of their ids, as one statement. */
export function pageStatement(
  place: MatchingPlace,
  request: MatchRequest,
  { after, limit }: { readonly after: CustomerId | null; readonly limit: number },
): Fragment {
  const { selection, order } = place.source
  const behind = matchesBetween(place, request, { after: after ?? '', upTo: null })
  return sql`select ${selection} ${behind} order by ${order} limit ${limit}::bigint`
}

/** A statement as PostgreSQL reads it, with its parameters numbered. */
export function parameterised({ text }: Fragment): string {
  return numbered(text).replaceAll('\\?', '?')
}

import { CampaignKitError } from '../base/error.js'
import { DAY_MS, HOUR_MS, type Instant } from '../base/time.js'
import type { Campaign, CampaignContent } from '../model/campaign.js'
import { isRolloutRun } from '../model/rollout.js'
import type { Run } from '../model/run.js'
import { RECIPIENT_ZONE, type Schedule, WEEKDAYS, type Weekday } from '../model/schedule.js'
import type { Scope } from '../model/scope.js'
import type { Calendar } from '../ports/calendar.js'
import type { EngineContext } from './context.js'

/** No zone is further ahead of UTC: in the recipient's zone the first of them are due so long before UTC. */
const EASTERNMOST_MS = 14 * HOUR_MS
/** A month without the wanted day is clamped, so an occurrence is always near; this bounds the search. */
const MOST_DAYS_SEARCHED = 62

/**
 * Checks what the schema cannot: zones that this runtime knows.
 *
 * @throws TIME_ZONE_UNKNOWN with the path of the zone
 */
export function checkSchedule(context: EngineContext, _scope: Scope, { schedule }: CampaignContent): void {
  const zone = schedule?.zone
  if (zone === undefined || zone === RECIPIENT_ZONE || context.calendar.isZone(zone)) return
  throw new CampaignKitError('TIME_ZONE_UNKNOWN', `schedule.zone: ${zone} is not a zone`, {
    path: 'schedule.zone',
  })
}

/**
 * When a campaign begins that is activated at an instant: its first occurrence, its start, or at once.
 *
 * @throws CAMPAIGN_START_IN_PAST, SCHEDULE_INVALID when the schedule has no occurrence left
 */
export function firstStart(
  context: EngineContext,
  scope: Scope,
  content: CampaignContent,
  now: Instant,
): Instant {
  const { schedule, startsAt } = content
  if (startsAt !== undefined && startsAt < now) throw startInPast('startsAt')
  if (schedule === undefined) return startsAt ?? now
  const zone = scheduleZone(context, scope, schedule)
  if (schedule.type === 'once') {
    const start = onceAt(context.calendar, schedule.at, zone)
    if (start + (zone === RECIPIENT_ZONE ? EASTERNMOST_MS : 0) < now) throw startInPast('schedule.at')
    return Math.max(start, now)
  }
  const next = nextOccurrence(context, scope, schedule, startsAt ?? now, (startsAt ?? now) - 1)
  if (next === null)
    throw new CampaignKitError('SCHEDULE_INVALID', 'schedule: has no occurrence left', { path: 'schedule' })
  return next
}

function startInPast(path: string): CampaignKitError {
  return new CampaignKitError('CAMPAIGN_START_IN_PAST', `${path}: the start has passed`, { path })
}

function onceAt(calendar: Calendar, at: string, zone: string): Instant {
  if (zone === RECIPIENT_ZONE) return calendar.toInstant(at, 'UTC') - EASTERNMOST_MS
  return calendar.toInstant(at, zone)
}

function scheduleZone(context: EngineContext, scope: Scope, schedule: Schedule): string {
  return schedule.zone ?? context.settings.tenant(scope.tenant).timeZone
}

/**
 * The first occurrence of a recurring schedule after an instant, or null when `until` comes first.
 *
 * @param anchor - the campaign's start: its date says the day of the week or month where the schedule does not
 */
export function nextOccurrence(
  context: EngineContext,
  scope: Scope,
  schedule: Extract<Schedule, { type: 'recurring' }>,
  anchor: Instant,
  after: Instant,
): Instant | null {
  const { calendar } = context
  const own = scheduleZone(context, scope, schedule)
  const zone = own === RECIPIENT_ZONE ? 'UTC' : own
  const lead = own === RECIPIENT_ZONE ? EASTERNMOST_MS : 0
  const anchorDate = calendar.toLocal(anchor, zone).slice(0, 10)
  // a clock change around midnight may have moved the one of the day before behind it
  let date = calendar.shiftDate(calendar.toLocal(after + lead, zone).slice(0, 10), { days: -1 })
  for (let day = -1; day <= MOST_DAYS_SEARCHED; day += 1) {
    if (occursOn(calendar, schedule, anchorDate, date)) {
      const occurrence = calendar.toInstant(`${date}T${schedule.at}`, zone) - lead
      if (schedule.until !== undefined && occurrence > schedule.until) return null
      if (occurrence > after) return occurrence
    }
    date = calendar.shiftDate(date, { days: 1 })
  }
  return null
}

/** The occurrence after that of a run, none in the past; null when the schedule or the campaign ends before. */
export function nextRecurrence(
  context: EngineContext,
  scope: Scope,
  campaign: Campaign,
  run: Run,
): Instant | null {
  const { schedule, endsAt } = campaign.content
  if (schedule?.type !== 'recurring') return null
  const after = Math.max(run.scheduledFor, context.clock.now())
  const start = campaign.startsAt ?? run.scheduledFor
  // the start that was set, since the first occurrence may be on a day of the month that was clamped
  const anchor = Math.min(campaign.content.startsAt ?? start, start)
  const next = nextOccurrence(context, scope, schedule, anchor, after)
  return next === null || (endsAt !== undefined && next >= endsAt) ? null : next
}

/** When the last run begins of a campaign that has an end and whose first run begins at an instant. */
export function lastStart(
  context: EngineContext,
  scope: Scope,
  { schedule, startsAt, endsAt }: CampaignContent,
  start: Instant,
): Instant {
  if (schedule?.type !== 'recurring' || endsAt === undefined) return start
  const end = Math.min(endsAt - 1, schedule.until ?? endsAt)
  const anchor = Math.min(startsAt ?? start, start)
  let last = start
  // no two occurrences are further apart than the search for the next one goes
  let next = nextOccurrence(
    context,
    scope,
    schedule,
    anchor,
    Math.max(start, end - MOST_DAYS_SEARCHED * DAY_MS),
  )
  while (next !== null && next <= end) {
    last = next
    next = nextOccurrence(context, scope, schedule, anchor, next)
  }
  return last
}

function occursOn(
  calendar: Calendar,
  schedule: Extract<Schedule, { type: 'recurring' }>,
  anchorDate: string,
  date: string,
): boolean {
  if (schedule.every === 'day') return true
  if (schedule.every === 'week') {
    return (schedule.weekdays ?? [weekdayOf(anchorDate)]).includes(weekdayOf(date))
  }
  const months = monthNumber(date) - monthNumber(anchorDate)
  return calendar.shiftDate(anchorDate, { months }) === date
}

const monthNumber = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))

/** 1970-01-01 was a Thursday. */
function weekdayOf(date: string): Weekday {
  const day = Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS)
  return WEEKDAYS[(((day + 3) % 7) + 7) % 7] ?? 'mon'
}

/** When the messages of the customers of a run are due; worked out once for each zone. */
export function createDueInstants(
  context: EngineContext,
  scope: Scope,
  content: CampaignContent,
  run: Pick<Run, 'occurrence' | 'scheduledFor'>,
): (customerZone: string | undefined) => Instant {
  const known = new Map<string | undefined, Instant>()
  return (zone) => {
    const due = known.get(zone) ?? dueInstant(context, scope, content, run, zone)
    known.set(zone, due)
    return due
  }
}

/**
 * When the messages of a customer are due in a run: the run's instant, or the wall clock of the customer's own zone. A
 * run that was begun by hand before its time is due at once; the rollout, which has no day of its own, when that hour
 * comes next.
 */
function dueInstant(
  context: EngineContext,
  scope: Scope,
  content: CampaignContent,
  { occurrence, scheduledFor }: Pick<Run, 'occurrence' | 'scheduledFor'>,
  customerZone: string | undefined,
): Instant {
  const { schedule } = content
  if (schedule === undefined || scheduleZone(context, scope, schedule) !== RECIPIENT_ZONE) return scheduledFor
  const { calendar } = context
  const known = customerZone !== undefined && calendar.isZone(customerZone)
  const zone = known ? customerZone : context.settings.tenant(scope.tenant).timeZone
  if (isRolloutRun({ occurrence })) {
    const time = schedule.type === 'once' ? schedule.at.slice(11) : schedule.at
    return nextTimeOfDay(calendar, time, zone, scheduledFor)
  }
  const local =
    schedule.type === 'once' ? schedule.at : `${worldDateOf(calendar, scheduledFor)}T${schedule.at}`
  const time = onceAt(calendar, local, RECIPIENT_ZONE)
  // of a recurring schedule all others stand at their time to the instant; a single one may be launched while its day goes round
  if (schedule.type === 'once' ? scheduledFor < time : scheduledFor !== time) return scheduledFor
  return Math.max(calendar.toInstant(local, zone), scheduledFor)
}

/** When a clock in a zone next shows a time, from an instant on. */
function nextTimeOfDay(calendar: Calendar, time: string, zone: string, from: Instant): Instant {
  const date = calendar.toLocal(from, zone).slice(0, 10)
  const today = calendar.toInstant(`${date}T${time}`, zone)
  return today >= from ? today : calendar.toInstant(`${calendar.shiftDate(date, { days: 1 })}T${time}`, zone)
}

/** The date that begins at the instant somewhere, or has begun everywhere that is further west. */
function worldDateOf(calendar: Calendar, instant: Instant): string {
  return calendar.toLocal(instant + EASTERNMOST_MS, 'UTC').slice(0, 10)
}

import { CampaignKitError, type CampaignKitErrorOptions, isCampaignKitError } from '@campaignkit/core/adapter'

/** What a driver puts on its errors. */
interface DriverError {
  readonly code?: unknown
  readonly constraint?: unknown
}

/** What a state means: whether the whole transaction can be tried again at once, and whether later. */
interface Meaning {
  readonly again: boolean
  readonly retry: CampaignKitErrorOptions['retry']
}

const AT_ONCE: Meaning = { again: true, retry: 'later' }
const LATER: Meaning = { again: false, retry: 'later' }
const NEVER: Meaning = { again: false, retry: 'never' }

/** SQLSTATEs, and the codes of Node and knex for connections that are lost; a class of two characters stands for its states. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  '40001': AT_ONCE,
  '40P01': AT_ONCE,
  '55P03': AT_ONCE,
  '57P01': AT_ONCE,
  '57P02': AT_ONCE,
  '57P03': AT_ONCE,
  '25006': AT_ONCE,
  '08': AT_ONCE,
  '57014': LATER,
  '53': LATER,
  '58': LATER,
  ECONNRESET: AT_ONCE,
  ECONNREFUSED: AT_ONCE,
  EPIPE: AT_ONCE,
  ETIMEDOUT: AT_ONCE,
}

const LOST =
  /Connection terminated|Client has encountered a connection error|not queryable|acquiring a connection/

/** Thrown within a transaction that met another and can be done again from the start. */
export class TryAgain extends Error {
  readonly code = '40001'
}

/** What the error of a driver means. */
export function meaningOf(error: unknown): Meaning {
  const code = codeOf(error)
  const known = MEANINGS[code] ?? MEANINGS[code.slice(0, 2)]
  if (known !== undefined) return known
  return error instanceof Error && LOST.test(error.message) ? AT_ONCE : NEVER
}

/** The name of the constraint that a statement broke, by the driver's error or the kit's; else null. */
export function brokenConstraint(error: unknown): string | null {
  const thrown = isCampaignKitError(error) ? error.cause : error
  if (codeOf(thrown).slice(0, 2) !== '23') return null
  const { constraint } = thrown as DriverError
  return typeof constraint === 'string' ? constraint : null
}

/** The error of a driver in the kit's words; its own message stays in `cause`, since it can hold values. */
export function storageFailed(error: unknown): CampaignKitError {
  const state = codeOf(error)
  return new CampaignKitError('STORAGE_FAILED', 'The database refused a statement or was not there', {
    cause: error,
    retry: meaningOf(error).retry ?? 'never',
    details: state === '' ? {} : { state },
  })
}

/** Somebody else wrote the record first, or it is gone. */
export function versionConflict(expected: number, stored: number | null): CampaignKitError {
  return new CampaignKitError('VERSION_CONFLICT', 'The record was changed in the meantime', {
    details: { expected, stored },
  })
}

/** Another segment refers to the one that was to go. */
export function inUse(by: string): CampaignKitError {
  return new CampaignKitError('SEGMENT_IN_USE', 'Another segment refers to it', {
    details: { type: 'segment', id: by },
  })
}

/** An id or handle that must be unique belongs to another record. */
export function idTaken(record: string): CampaignKitError {
  return new CampaignKitError('STORAGE_FAILED', `Another ${record} has this id`, { details: { record } })
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code } = error as DriverError
  return typeof code === 'string' ? code : ''
}

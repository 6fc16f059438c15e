import { CampaignKitError, type CampaignKitErrorOptions, isCampaignKitError } from '@campaignkit/core/adapter'

/** What a driver puts on its errors. */
interface DriverError {
  readonly code?: unknown
  readonly constraint?: unknown
}

/** What a state means. */
interface Meaning {
  /**
   * Whether the whole transaction can be done again: at once when another one stood in the way, after a while when the
   * database was away.
   */
  readonly again: 'atOnce' | 'whenBack' | 'no'
  /** What is told to the caller in the end. */
  readonly retry: CampaignKitErrorOptions['retry']
}

const CONFLICT: Meaning = { again: 'atOnce', retry: 'later' }
const AWAY: Meaning = { again: 'whenBack', retry: 'later' }
const LATER: Meaning = { again: 'no', retry: 'later' }
const NEVER: Meaning = { again: 'no', retry: 'never' }

/** What was read has changed since the transaction began, which read committed does not mind. */
const NOT_SERIALIZABLE = '40001'
/** A server that takes no writes: after a failover the connection still leads to the old one. */
const READ_ONLY = '25006'
/**
 * A row that lies in no partition, or no more in that where it was put: the partition of its month was attached beside it.
 * The same state is told of a check that a value broke, which has a name and is broken the next time too.
 */
const NO_PARTITION = '23514'

/** What a statement gives has changed since it was made ready, by a migration; or it is none that the server knows. */
const CHANGED_RESULT = '0A000'
/**
 * A statement that was made ready is not there, or one is there that was not, since the connection leads elsewhere than
 * before; or it is out of date.
 */
const UNKNOWN_STATEMENTS: readonly string[] = ['26000', '42P05', CHANGED_RESULT]

/** SQLSTATEs, and the codes of Node for connections that are lost; a class of two characters stands for its states. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  [NOT_SERIALIZABLE]: CONFLICT,
  '40P01': CONFLICT,
  '55P03': CONFLICT,
  '26000': CONFLICT,
  '42P05': CONFLICT,
  [CHANGED_RESULT]: { again: 'atOnce', retry: 'never' },
  [NO_PARTITION]: CONFLICT,
  '25P03': AWAY,
  '57P05': AWAY,
  '57P01': AWAY,
  '57P02': AWAY,
  '57P03': AWAY,
  [READ_ONLY]: AWAY,
  '08': AWAY,
  '57014': LATER,
  '53': LATER,
  '58': LATER,
  ECONNRESET: AWAY,
  ECONNREFUSED: AWAY,
  EHOSTUNREACH: AWAY,
  EAI_AGAIN: AWAY,
  EPIPE: AWAY,
  ETIMEDOUT: AWAY,
}

const NOT_MADE = 'A table is not there: storage.migrate() makes those of the kit'

/** What is told of states that the host can do something about. */
const WORDS: Readonly<Record<string, string>> = {
  '42P01': NOT_MADE,
  '3F000': NOT_MADE,
  '42501': 'The role of the connection lacks a right',
  '2BP01': 'Something of the host depends on the tables',
}

const LOST = /Connection terminated|Client has encountered a connection error|not queryable/
/** knex has waited long enough for its pool. */
const POOL_FULL = /Timeout acquiring a connection/

/** Thrown within a transaction that met another and can be done again from the start. */
export class TryAgain extends Error {
  readonly code = NOT_SERIALIZABLE
}

/** What the error of a driver means. */
export function meaningOf(error: unknown): Meaning {
  const code = codeOf(error)
  if (code === NO_PARTITION && brokenConstraint(error) !== null) return NEVER
  const known = MEANINGS[code] ?? MEANINGS[code.slice(0, 2)]
  if (known !== undefined) return known
  if (!(error instanceof Error)) return NEVER
  if (POOL_FULL.test(error.message)) return LATER
  return LOST.test(error.message) ? AWAY : NEVER
}

/** Whether the connection led to a server that only reads. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === READ_ONLY
}

/** Whether a statement met another as it does where transactions are stricter than read committed. */
export function isNotSerializable(error: unknown): boolean {
  return codeOf(error) === NOT_SERIALIZABLE && !(error instanceof TryAgain)
}

/** Whether a connection did not know a statement that was made ready on it. */
export function isUnknownStatement(error: unknown): boolean {
  return UNKNOWN_STATEMENTS.includes(codeOf(error))
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
  const message = WORDS[state] ?? 'The database refused a statement or was not there'
  return new CampaignKitError('STORAGE_FAILED', message, {
    cause: error,
    retry: meaningOf(error).retry ?? 'never',
    details: state === '' ? {} : { state },
  })
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code } = error as DriverError
  return typeof code === 'string' ? code : ''
}

import { authorize } from '../access/policy.js'
import { CampaignKitError, isCampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import type { Customer } from '../model/customer.js'
import { type PageRequestInput, pageRequestSchema } from '../model/page.js'
import { parseInput } from '../model/parse.js'
import type { QrToken } from '../model/qr-token.js'
import { type CustomerReseal, keyIdOf, type TokenReseal } from '../model/reseal.js'
import type { Scope } from '../model/scope.js'
import { entriesOf, type SealedValue } from '../model/sealed.js'
import type { EngineContext } from './context.js'
import { customersEntry } from './customers-entry.js'
import { journalEntry } from './journal-entry.js'
import { parseCustomerId } from './manage-customers.js'
import { mapInTurns } from './map-in-turns.js'
import { sealContext } from './render-message.js'
import { openValue, sealValue } from './seal-customer.js'
import { keyedAddresses } from './stored-patch.js'

/** What one call of `reseal` came to. */
export interface ResealOutcome {
  /** Seals that were replaced by one under the current secret. */
  readonly resealed: number
  /** Customers whose address keys are kept under the configured secrets now, and were not before. */
  readonly rekeyed: number
  /** Seals that do not open, since their secret is not configured any more or they were changed: they stay as they are. */
  readonly unopened: number
  /** Where the next call goes on; null when all has been looked at. */
  readonly nextCursor: string | null
}

/**
 * Seals anew, under the current secret, what stands under older ones: first the sealed fields of customers, with the keys
 * of their addresses, then the coupons. Keys that a storage keeps beside plain addresses are made anew with them. One call looks at one page, and can be made again: what is sealed under the
 * current secret is left alone, and a value that is written meanwhile wins.
 *
 * @param page - `limit` is 1 to 1,000 customers or coupons
 * @throws INVALID_INPUT, UNKNOWN_FIELD, FORBIDDEN
 */
export async function reseal(
  context: EngineContext,
  scope: Scope,
  page: PageRequestInput = {},
): Promise<ResealOutcome> {
  authorize(context.access, scope, 'seal.renew')
  const { cursor, limit } = parseInput(pageRequestSchema, page)
  const place = readCursor(cursor)
  // a directory that is not writable holds nothing of ours
  return place.stage === 'customers' && context.storage.customers.writable
    ? resealCustomers(context, scope, place.after, limit)
    : resealCoupons(context, scope, place.stage === 'coupons' ? place.cursor : null, limit)
}

type ResealPlace =
  | { readonly stage: 'customers'; readonly after: CustomerId | null }
  | { readonly stage: 'coupons'; readonly cursor: string | null }

/** The stage, and behind a colon where it goes on. */
function readCursor(cursor: string | null): ResealPlace {
  if (cursor === null) return { stage: 'customers', after: null }
  const [, stage, rest = ''] = /^(customers|coupons):(.*)$/s.exec(cursor) ?? []
  if (stage === 'customers') return { stage, after: parseCustomerId(rest, 'cursor') }
  if (stage === 'coupons') return { stage, cursor: rest === '' ? null : rest }
  throw new CampaignKitError('INVALID_INPUT', 'cursor: is none of a reseal', { path: 'cursor' })
}

async function resealCustomers(
  context: EngineContext,
  scope: Scope,
  after: CustomerId | null,
  limit: number,
): Promise<ResealOutcome> {
  const { customers } = context.storage
  const found = await customers.scan(scope, { after, limit })
  const isStale = stalenessOf(context)
  const renewed = await mapInTurns(context, found, (customer) =>
    entriesOf(customer.sealed)
      .filter(([, value]) => isStale(value))
      .map((entry) => unlessUnopened(() => renewedValue(context, scope, customer, entry))),
  )
  const { seals, unopened } = sorted(renewed.flat())
  const last = found.length < limit ? undefined : found.at(-1)
  const nextCursor = last === undefined ? 'coupons:' : `customers:${last.id}`
  const rekeyed = await rekey(context, scope, found)
  if (seals.length === 0) return { resealed: 0, rekeyed, unopened, nextCursor }
  const entry = customersEntry(context, scope, {
    action: 'customers.reseal',
    after: { seals: seals.length },
  })
  return { resealed: await customers.reseal(scope, seals, entry), rekeyed, unopened, nextCursor }
}

/** Keeps the keys of plain addresses as they are now, where they are kept. */
async function rekey(context: EngineContext, scope: Scope, customers: readonly Customer[]): Promise<number> {
  const directory = context.storage.customers
  if (directory.keepAddressKeys === null) return 0
  const keyed = await mapInTurns(context, customers, (customer) => keyedAddresses(context, customer))
  return directory.keepAddressKeys(scope, keyed.flat())
}

async function resealCoupons(
  context: EngineContext,
  scope: Scope,
  cursor: string | null,
  limit: number,
): Promise<ResealOutcome> {
  const { coupons } = context.storage
  const page = await coupons.sealedOtherwise(scope, currentKeyId(context), { cursor, limit })
  const renewed = await mapInTurns(context, page.items, (token) =>
    unlessUnopened(() => renewedToken(context, scope, token)),
  )
  const { seals, unopened } = sorted(renewed)
  const nextCursor = page.nextCursor === null ? null : `coupons:${page.nextCursor}`
  if (seals.length === 0) return { resealed: 0, rekeyed: 0, unopened, nextCursor }
  const entry = journalEntry(context, scope, {
    action: 'coupons.reseal',
    subject: { type: 'coupons', id: 'all' },
    after: { seals: seals.length },
  })
  return { resealed: await coupons.reseal(scope, seals, entry), rekeyed: 0, unopened, nextCursor }
}

/** By a seal of its own, since a cipher of the host names its keys itself. */
function currentKeyId({ cipher }: EngineContext): string {
  return keyIdOf(cipher.seal('', 'key id'))
}

/** Whether a seal stands under an older secret, or its address has no key under one that is configured. */
function stalenessOf(context: EngineContext): (value: SealedValue) => boolean {
  const keyId = currentKeyId(context)
  const ids = context.settings.secrets.map(({ id }) => `${id}:`)
  return ({ seal, addressKeys }) =>
    keyIdOf(seal) !== keyId ||
    (addressKeys !== undefined && !ids.every((id) => addressKeys.some((key) => key.startsWith(id))))
}

function renewedValue(
  context: EngineContext,
  scope: Scope,
  { id }: Customer,
  [path, { seal }]: ReturnType<typeof entriesOf>[number],
): CustomerReseal {
  const opened = openValue(context, scope, id, path, seal)
  return { customerId: id, path, replaces: seal, value: sealValue(context, scope, id, path, opened) }
}

function renewedToken(context: EngineContext, scope: Scope, token: QrToken): TokenReseal {
  const bound = sealContext(scope, token.runId)
  const code = context.cipher.open(token.sealed, bound)
  return { handle: token.handle, replaces: token.sealed, sealed: context.cipher.seal(code, bound) }
}

function unlessUnopened<Seal>(renew: () => Seal): Seal | null {
  try {
    return renew()
  } catch (thrown) {
    if (isCampaignKitError(thrown, 'TOKEN_KEY_UNKNOWN') || isCampaignKitError(thrown, 'SIGNATURE_INVALID'))
      return null
    throw thrown
  }
}

function sorted<Seal>(renewed: readonly (Seal | null)[]): {
  readonly seals: readonly Seal[]
  readonly unopened: number
} {
  const seals = renewed.filter((seal) => seal !== null)
  return { seals, unopened: renewed.length - seals.length }
}

import * as z from 'zod'
import { authorize } from '../access/policy.js'
import { CampaignKitError } from '../base/error.js'
import type { CustomerId } from '../base/ids.js'
import {
  type Customer,
  type CustomerInput,
  type CustomerPatch,
  type CustomerView,
  customerPatchSchema,
} from '../model/customer.js'
import { hostIdSchema } from '../model/fields.js'
import { type Page, type PageRequestInput, pageRequestSchema } from '../model/page.js'
import { parseInput } from '../model/parse.js'
import type { Scope } from '../model/scope.js'
import type { EngineContext } from './context.js'
import { customersEntry } from './customers-entry.js'
import { refuseTooMany } from './refuse-too-many.js'
import { openCustomer, viewOf } from './seal-customer.js'
import { storedPatch } from './stored-patch.js'

/**
 * Creates or changes customers by their ids, all or none: what an input does not name stays as it was, lists and
 * single fields replace, null removes (`mergeCustomer`). What the tenant seals reaches the storage sealed. An input that
 * repeats an id is applied after the earlier one.
 *
 * @param inputs - at most 10,000
 * @returns how many inputs created a customer, and how many changed one
 * @throws INVALID_INPUT, UNKNOWN_FIELD, TIME_ZONE_UNKNOWN with paths such as `[3].addresses.email`;
 *   DIRECTORY_READ_ONLY, FORBIDDEN
 */
export async function upsertCustomers(
  context: EngineContext,
  scope: Scope,
  inputs: readonly CustomerInput[],
): Promise<{ readonly created: number; readonly updated: number }> {
  authorize(context.access, scope, 'customer.write')
  refuseTooMany(inputs)
  const patches = inputs.map((input, index) => parsePatch(context, input, `[${index}]`))
  if (patches.length === 0) return { created: 0, updated: 0 }
  const entry = customersEntry(context, scope, {
    action: 'customers.upsert',
    after: { customers: patches.length },
  })
  const { created } = await context.storage.customers.upsert(
    scope,
    patches.map((patch) => storedPatch(context, scope, patch)),
    entry,
  )
  return { created, updated: patches.length - created }
}

function parsePatch({ calendar }: EngineContext, input: CustomerInput, path: string): CustomerPatch {
  const patch = parseInput(customerPatchSchema, input, path)
  const { timeZone } = patch
  if (timeZone === undefined || timeZone === null || calendar.isZone(timeZone)) return patch
  throw new CampaignKitError('TIME_ZONE_UNKNOWN', 'This runtime knows no such IANA time zone', {
    path: `${path}.timeZone`,
  })
}

const readingSchema = z.strictObject({ open: z.boolean().default(false) })

/** How a customer is read. */
export interface CustomerReading {
  /**
   * Opens what is sealed, which the access policy is asked for as `customer.open`; else it is left out and named.
   * @default false
   */
  readonly open?: boolean
}

/**
 * A customer by its id.
 *
 * @throws CUSTOMER_NOT_FOUND, INVALID_INPUT, UNKNOWN_FIELD, FORBIDDEN; TOKEN_KEY_UNKNOWN and SIGNATURE_INVALID when it is
 *   to be opened and cannot be
 */
export async function getCustomer(
  context: EngineContext,
  scope: Scope,
  customerId: string,
  reading: CustomerReading = {},
): Promise<CustomerView> {
  const view = authorizeReading(context, scope, reading)
  return view(await requireCustomer(context, scope, customerId))
}

/** Customers in order of their ids, by code points. @throws those of {@link getCustomer} apart from CUSTOMER_NOT_FOUND */
export async function listCustomers(
  context: EngineContext,
  scope: Scope,
  page: PageRequestInput = {},
  reading: CustomerReading = {},
): Promise<Page<CustomerView>> {
  const view = authorizeReading(context, scope, reading)
  const { cursor, limit } = parseInput(pageRequestSchema, page)
  const after = cursor === null ? null : parseCustomerId(cursor, 'cursor')
  const found = await context.storage.customers.scan(scope, { after, limit: limit + 1 })
  const items = found.slice(0, limit).map(view)
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
}

function authorizeReading(
  context: EngineContext,
  scope: Scope,
  reading: CustomerReading,
): (customer: Customer) => CustomerView {
  authorize(context.access, scope, 'customer.read')
  if (!parseInput(readingSchema, reading).open) return viewOf
  authorize(context.access, scope, 'customer.open')
  return (customer) => openCustomer(context, scope, customer)
}

/** A customer as it is stored. @throws CUSTOMER_NOT_FOUND, INVALID_INPUT */
export async function requireCustomer(
  context: EngineContext,
  scope: Scope,
  customerId: string,
): Promise<Customer> {
  const id = parseCustomerId(customerId, 'customerId')
  const [customer] = await context.storage.customers.get(scope, [id])
  if (customer !== undefined) return customer
  throw new CampaignKitError('CUSTOMER_NOT_FOUND', 'No customer has this id')
}

/** Reads the id of a customer from the outside. @throws INVALID_INPUT */
export function parseCustomerId(text: string, path: string): CustomerId {
  return parseInput(hostIdSchema, text, path) as CustomerId
}

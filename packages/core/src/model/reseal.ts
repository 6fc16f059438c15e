import type { CustomerId } from '../base/ids.js'
import type { Customer } from './customer.js'
import type { QrToken } from './qr-token.js'
import type { SealablePath, SealedValue } from './sealed.js'

/** A seal that is to take the place of another one of the same value of a customer. */
export interface CustomerReseal {
  readonly customerId: CustomerId
  readonly path: SealablePath
  /** The seal that is replaced; where another one, a plain value or nothing stands by now, that stays. */
  readonly replaces: string
  readonly value: SealedValue
}

/** A seal that is to take the place of another one of the same coupon code. */
export interface TokenReseal {
  readonly handle: string
  /** The seal that is replaced; another one that stands by now stays. */
  readonly replaces: string
  readonly sealed: string
}

/** The id of the key that a text was sealed under. */
export function keyIdOf(sealed: string): string {
  return sealed.slice(0, sealed.indexOf('.'))
}

/**
 * The rule of `CustomerDirectory.reseal`, which a directory applies under the lock by which it writes.
 *
 * @returns the customer with the new seal; null when the one that it replaces does not stand
 *
 * @example
 * ```ts
 * import { mergeCustomer, resealedCustomer, type CustomerId } from '@campaignkit/core/adapter'
 * const id = 'c-1' as CustomerId
 * const before = mergeCustomer(null, { id, sealed: { firstName: { seal: '2025a.AAAA' } } })
 * const reseal = { customerId: id, path: 'firstName', replaces: '2025a.AAAA', value: { seal: '2026a.BBBB' } } as const
 * const after = resealedCustomer(before, reseal)
 * console.log(after?.sealed) // { firstName: { seal: '2026a.BBBB' } }
 * console.log(after === null ? null : resealedCustomer(after, reseal)) // null
 * ```
 */
export function resealedCustomer(
  customer: Customer,
  { path, replaces, value }: CustomerReseal,
): Customer | null {
  if (customer.sealed?.[path]?.seal !== replaces) return null
  return { ...customer, sealed: { ...customer.sealed, [path]: value } }
}

/** The rule of `CouponStore.reseal`: the token with the new seal; null when the one that it replaces does not stand. */
export function resealedToken(token: QrToken, { replaces, sealed }: TokenReseal): QrToken | null {
  return token.sealed === replaces ? { ...token, sealed } : null
}

import { digestOf } from '../../base/digest.js'
import { DAY_MS } from '../../base/time.js'
import type { ConsentRecord } from '../../model/consent.js'
import type { Customer } from '../../model/customer.js'
import type { Scope } from '../../model/scope.js'
import type { Segment } from '../../model/segment.js'
import type { Suppression } from '../../model/suppression.js'
import { asId, type Overrides } from '../as-id.js'
import { SAMPLE_NOW } from '../manual-clock.js'

const CUSTOMER = 'customer-1'

/** A marketer of a tenant. */
export function sampleScope(tenant = 'pizzeria'): Scope {
  return { tenant: asId(tenant), actor: { id: 'u-17', kind: 'user', roles: ['marketer'] } }
}

/** A customer with an e-mail address, two tags and an order. */
export function sampleCustomer(overrides: Overrides<Customer> = {}): Customer {
  const id = overrides.id ?? CUSTOMER
  return {
    firstName: 'Ada',
    addresses: { email: `${digestOf(id).slice(0, 12)}@mail.example` },
    tags: ['pizza-lover', 'vip'],
    facts: { orderCount: 3, lastOrderAt: SAMPLE_NOW - 200 * DAY_MS },
    attributes: { favourite: 'margherita' },
    ...overrides,
    id: asId(id),
  }
}

/** A grant of the e-mail channel for offers. */
export function sampleConsent(overrides: Overrides<ConsentRecord> = {}): ConsentRecord {
  return {
    channel: 'email',
    topic: 'offers',
    decision: 'granted',
    basis: 'sign-up form',
    obtainedAt: SAMPLE_NOW - 30 * DAY_MS,
    ...overrides,
    customerId: asId(overrides.customerId ?? CUSTOMER),
  }
}

/** A bounced e-mail address. */
export function sampleSuppression(overrides: Overrides<Suppression> = {}): Suppression {
  return {
    channel: 'email',
    reason: 'bounced',
    since: SAMPLE_NOW - DAY_MS,
    ...overrides,
    addressKey: asId(overrides.addressKey ?? 'k1:00ff'),
  }
}

/** A named rule: everyone. */
export function sampleSegment(overrides: Overrides<Segment> = {}): Segment {
  return { name: 'Lapsed', criteria: { type: 'everyone' }, version: 1, updatedAt: SAMPLE_NOW, ...overrides }
}

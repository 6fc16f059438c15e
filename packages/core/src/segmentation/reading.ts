import type { Instant } from '../base/time.js'
import type { AttributeValue, Customer, CustomerFacts } from '../model/customer.js'

/** An attribute of a customer; undefined when absent. What objects inherit is never one. */
export function attributeOf(customer: Customer, name: string): AttributeValue | undefined {
  return Object.hasOwn(customer.attributes, name) ? customer.attributes[name] : undefined
}

/** The latest known login, order or conversation; undefined when none is known. */
export function latestActivity(facts: CustomerFacts): Instant | undefined {
  return later(later(facts.lastLoginAt, facts.lastOrderAt), facts.lastConversationAt)
}

function later(left: Instant | undefined, right: Instant | undefined): Instant | undefined {
  if (left === undefined) return right
  return right === undefined || left >= right ? left : right
}

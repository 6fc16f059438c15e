import { once } from '../base/once.js'
import { type Instant, toIso } from '../base/time.js'
import type { CustomerFacts } from '../model/customer.js'
import type { Markup } from './markup.js'
import { rewardText, rewardValue } from './reward-text.js'
import type { CouponView, RenderView } from './view.js'

/**
 * What templates can name, made when it is read: Liquid calls what is a function, and most messages read little. Instants
 * are ISO 8601 texts, as the `date` filter takes them. An attribute stands under `customer` itself too unless a field has
 * its name.
 */
export function variablesOf(
  view: RenderView,
  locale: string,
  qr: Markup | null,
): Readonly<Record<string, unknown>> {
  const { coupon } = view
  return {
    customer: once(() => customerOf(view.customer)),
    campaign: view.campaign,
    variant: view.variant,
    coupon: coupon === null ? null : once(() => couponOf(coupon, locale)),
    data: view.data,
    unsubscribeUrl: () => view.unsubscribeUrl,
    preferencesUrl: () => view.preferencesUrl,
    now: () => toIso(view.now),
    qr,
  }
}

/** Put together by `assign`, since a literal that begins with the fields of another object takes ten times as long. */
function customerOf(customer: RenderView['customer']): Readonly<Record<string, unknown>> {
  return Object.assign({}, customer.attributes, {
    id: customer.id,
    firstName: customer.firstName,
    lastName: customer.lastName,
    tags: customer.tags,
    timeZone: customer.timeZone,
    locale: customer.locale,
    attributes: customer.attributes,
    facts: factsOf(customer.facts),
  })
}

function factsOf(facts: CustomerFacts): { readonly [Fact in keyof CustomerFacts]-?: unknown } {
  return {
    lastLoginAt: isoOf(facts.lastLoginAt),
    lastOrderAt: isoOf(facts.lastOrderAt),
    lastConversationAt: isoOf(facts.lastConversationAt),
    orderCount: facts.orderCount,
    totalSpentMinor: facts.totalSpentMinor,
    currency: facts.currency,
    conversationStatus: facts.conversationStatus,
    incompleteTransactions: facts.incompleteTransactions,
  }
}

function isoOf(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : toIso(instant)
}

function couponOf(coupon: CouponView, locale: string): Readonly<Record<string, unknown>> {
  const { code, link, reward, expiresAt, terms } = coupon
  const text = once(() => rewardText(reward, locale))
  return {
    code,
    link,
    rewardKind: reward.kind,
    expiresAt: expiresAt === null ? null : toIso(expiresAt),
    terms,
    get reward() {
      return text()
    },
    get rewardValue() {
      return rewardValue(reward)
    },
  }
}

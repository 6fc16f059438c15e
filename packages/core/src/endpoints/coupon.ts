import { assertNever } from '../base/assert-never.js'
import type { Instant } from '../base/time.js'
import type { CouponPage, LinkHost } from '../engine/link-host.js'
import { escapeHtml } from '../rendering/html-text.js'
import { rewardText } from '../rendering/reward-text.js'
import type { Endpoint } from './endpoint.js'
import { heading, pageOf, paragraph } from './page.js'
import { type EndpointTexts, fillIn } from './texts.js'

/** For how long the link of a valid coupon can be opened again without a network, in seconds. */
const KEPT_S = 600

/**
 * Kept by the customer's own browser alone, which goes back to it without a network. A valid one opens again without
 * asking, as whoever walks down into a shop needs it: what it says stays true but for what has happened at a till.
 */
function keptBy({ state }: CouponPage): Readonly<Record<string, string>> {
  return { 'cache-control': state === 'valid' ? `private, max-age=${KEPT_S}` : 'private, no-cache' }
}

/** `/q/<code>`: the customer's coupon, to be shown at the till. Every code that is not one gets the same answer. */
export function couponEndpoint(links: LinkHost, tenantOf: (request: Request) => string | null): Endpoint {
  return {
    methods: ['GET', 'HEAD'],
    guarded: true,
    async serve(request, code, texts) {
      const tenant = tenantOf(request)
      const coupon = tenant === null ? null : await links.coupon(tenant, code)
      return coupon === null ? null : couponPage(coupon, texts)
    },
  }
}

function couponPage(coupon: CouponPage, texts: EndpointTexts): Response {
  const reward = rewardLine(coupon, texts)
  const main =
    paragraph(texts.couponTitle, 'over') +
    heading(reward, coupon.reward.kind === 'item' ? undefined : 'reward') +
    paragraph(stateLine(coupon, texts), 'state') +
    `<figure role="img" aria-label="${escapeHtml(texts.couponImage)}">${coupon.svg}</figure>\n` +
    `<dl><dt>${escapeHtml(texts.couponCode)}</dt><dd>${codeOf(coupon.code)}</dd></dl>\n` +
    (coupon.state === 'valid' ? paragraph(texts.couponHint, 'quiet') : '') +
    termsOf(coupon, texts)
  return pageOf(texts, {
    status: 200,
    title: `${texts.couponTitle}: ${reward}`,
    main,
    className: coupon.state,
    headers: keptBy(coupon),
  })
}

/** In the language in which they were written, line by line; long ones do not stand in the way of the code. */
function termsOf({ terms }: CouponPage, texts: EndpointTexts): string {
  if (terms === null) return ''
  const label = escapeHtml(texts.couponTerms)
  return `<dl class="terms"><dt>${label}</dt><dd dir="auto">${escapeHtml(terms)}</dd></dl>\n`
}

function rewardLine({ reward }: CouponPage, texts: EndpointTexts): string {
  const words = { percent: texts.couponPercent, amount: texts.couponAmount, item: texts.couponItem }
  return fillIn(words[reward.kind], 'reward', rewardText(reward, texts.lang))
}

function stateLine(coupon: CouponPage, texts: EndpointTexts): string {
  const dated = (text: string, instant: Instant | null) =>
    instant === null
      ? texts.couponWithoutEnd
      : fillIn(text, 'date', dateText(instant, coupon.timeZone, texts.lang))
  switch (coupon.state) {
    case 'valid':
      return dated(texts.couponValidUntil, coupon.expiresAt)
    case 'notYetValid':
      return dated(texts.couponValidFrom, coupon.validFrom)
    case 'expired':
      return dated(texts.couponExpired, coupon.expiresAt)
    case 'cancelled':
      return texts.couponCancelled
    case 'redeemed':
      return texts.couponRedeemed
    default:
      return assertNever(coupon.state)
  }
}

/** Day, minute and zone, as the language writes them. */
function dateText(instant: Instant, timeZone: string, lang: string): string {
  return new Intl.DateTimeFormat([lang, 'en'], {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(instant)
}

/**
 * The code for the eye: its last part begins a line where it does not fit, and breaks in the middle where even a line is
 * too short. Copied, and as the value of its element, it is the code alone.
 */
function codeOf(code: string): string {
  const parts = escapeHtml(code).split('-')
  const last = parts.pop() ?? ''
  const before = parts.map((part) => `${part}-<wbr>`).join('')
  const shown = `${before}<span>${last.replace(/\w{13}(?=\w)/g, '$&<wbr>')}</span>`
  return `<data value="${escapeHtml(code)}"><code dir="ltr">${shown}</code></data>`
}

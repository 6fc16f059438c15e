import type { CampaignInput } from '@campaignkit/core'
import { type CampaignKit, perMinute, segment, type TenantKit } from '@campaignkit/core'

/** The channel of the campaign. */
export type DemoChannel = 'email' | 'sms'

export const TENANT = 'pizzeria'
export const PUBLIC_URL = 'https://go.pizza.example'

/** The kit in the hands of the person who runs the campaign. */
export function marketer(root: CampaignKit): TenantKit {
  return root.as({ tenant: TENANT, actor: { id: 'u-17', kind: 'user', roles: ['marketer'] } })
}

const EMAIL = {
  subject: 'We miss you, {{ customer.firstName | default: "stranger" }}',
  preheader: '{{ coupon.reward }} off your next pizza',
  html: `<!doctype html>
<html lang="en"><body style="margin:0;background:#f6f1ea;font-family:Georgia,serif;color:#2b2320">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:8px">
<tr><td style="padding:32px 32px 0;font-size:28px">Ciao {{ customer.firstName | default: "there" }}!</td></tr>
<tr><td style="padding:16px 32px;font-size:17px;line-height:1.5">The oven is hot and your table is free.
Come back before {{ coupon.expiresAt | date: "%e %B" }} and have <strong>{{ coupon.reward }}</strong> off your next pizza.</td></tr>
<tr><td align="center" style="padding:8px 32px">{{ qr }}</td></tr>
<tr><td align="center" style="padding:16px 32px 32px"><a href="https://pizza.example/menu?from=win-back"
style="background:#b3261e;color:#ffffff;padding:12px 28px;border-radius:24px;text-decoration:none">See the menu</a></td></tr>
</table>
<p style="font-size:12px;color:#6d625c">Pizzeria Esempio, Via Roma 1, Roma. Customer number {{ customer.id }}.</p>
</td></tr></table>
</body></html>`,
  text: `Ciao {{ customer.firstName | default: "there" }}!

Come back before {{ coupon.expiresAt | date: "%e %B" }} and have {{ coupon.reward }} off your next pizza.
Show this code at the till:

{{ coupon.code }}

The menu: https://pizza.example/menu?from=win-back

Pizzeria Esempio, Via Roma 1, Roma
Customer number: {{ customer.id }}`,
}

const TEXT_MESSAGE = `Ciao {{ customer.firstName | default: "stranger" }}, we miss you: {{ coupon.reward }} off before {{ coupon.expiresAt | date: "%e %B" }}
Code: {{ coupon.code }}
Customer number: {{ customer.id }}
Pizzeria Esempio. STOP ends these messages.`

/** What is said on each channel, plainly and with a pizza. */
const MESSAGES = {
  email: { plain: { email: EMAIL }, emoji: { email: { subject: `${EMAIL.subject} 🍕` } } },
  sms: {
    plain: { sms: { body: TEXT_MESSAGE } },
    emoji: { sms: { body: TEXT_MESSAGE.replace('\n', ' 🍕\n') } },
  },
}

/**
 * The campaign of the demo: two subjects, a tenth that hears nothing, a coupon for everybody else.
 *
 * @param target - the named segment that it is for
 */
export function winBack(target: string, mailsPerMinute: number, channel: DemoChannel): CampaignInput {
  const { plain, emoji } = MESSAGES[channel]
  return {
    name: 'We miss you',
    type: 'win-back',
    objective: 'Bring back customers who have not ordered for half a year',
    audience: segment(target),
    messages: plain,
    experiment: {
      variants: [{ name: 'emoji', messages: emoji }, { name: 'plain' }],
      holdout: 0.1,
      minContacts: 1, // the demo may be run with a handful of customers; 100 is the default
      conversionWindowDays: 14,
      decision: 'fixed',
    },
    coupon: { reward: { kind: 'percent', value: 30 }, validFor: { days: 30 } },
    pace: { [channel]: perMinute(mailsPerMinute) },
    tracking: { clicks: channel === 'email', opens: channel === 'email' },
  }
}

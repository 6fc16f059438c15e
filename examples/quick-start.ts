/** The smallest whole campaign: `npx tsx examples/quick-start.ts`. The mail goes to a server in this process. */
import process from 'node:process'
import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createSendgridChannel } from '@campaignkit/adapter-sendgrid'
import { createSmtpMailbox } from '@campaignkit/adapter-sendgrid/testing'
import { all, createCampaignKit, inactiveFor, perSecond, tag } from '@campaignkit/core'

const CUSTOMERS = `id,name,mail,tags,last order
1,Ada,ada@example.com,pizza-lover,2024-05-01
2,Bob,bob@example.com,pizza-lover,2024-06-01
3,Eve,,pizza-lover,2024-06-01
`

const mailbox = await createSmtpMailbox()
const root = createCampaignKit({
  storage: createMemoryStorage(), // forgets everything with the process, so only for a channel that reaches nobody
  channels: {
    email: createSendgridChannel({
      smtp: { host: mailbox.host, port: mailbox.port }, // for SendGrid: apiKey
      from: 'Pizzeria <hi@pizza.example>',
      reachesPeople: false,
    }),
  },
  publicUrl: 'https://go.pizza.example',
  secrets: [
    { id: '2026a', key: process.env.CAMPAIGNKIT_KEY ?? 'only for this example, where nothing is secret' },
  ],
})
const kit = root.as({ tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user', roles: ['marketer'] } })

await kit.customers.importCsv(CUSTOMERS, {
  map: {
    id: { path: 'id', as: 'text' },
    name: { path: 'firstName', as: 'text' },
    mail: { path: 'email', as: 'text' },
    tags: { path: 'tags', as: 'tags' },
    'last order': { path: 'facts.lastOrderAt', as: 'date' },
  },
  consent: { channel: 'email', topic: 'offers', basis: 'sign-up form', obtainedAt: '2024-01-01T00:00:00Z' },
})

const lapsed = all(tag('pizza-lover'), inactiveFor({ days: 180 }))
const { matched, reachable, excluded } = await kit.audiences.reach(lapsed, { channels: ['email'] })
console.log(`${matched} matched, ${reachable} can be reached, left out:`, excluded)

const campaign = await kit.campaigns.create({
  name: 'We miss you',
  audience: lapsed,
  messages: {
    email: {
      subject: 'We miss you, {{ customer.firstName }}',
      html: '<p>{{ coupon.reward }} off your next pizza</p>{{ qr }}',
    },
  },
  experiment: {
    variants: [{ name: 'plain' }, { name: 'emoji', messages: { email: { subject: 'We miss you 🍕' } } }],
    minContacts: 2, // two customers are no experiment, but enough for an example: 100 is the default
  },
  coupon: { reward: { kind: 'percent', value: 30 }, validFor: { days: 30 } },
  pace: { email: perSecond(10) },
})
await kit.campaigns.launch(campaign.id) // returns at once
await root.worker().drain() // or run({ signal }), here or in any other process

for (const message of mailbox.messages) console.log(`${message.to} got “${(await message.parsed()).subject}”`)

const [mail] = await Promise.all(mailbox.messages.map((message) => message.parsed()))
const [code = ''] = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/.exec(mail?.text ?? '') ?? []
for (const receipt of ['receipt-1', 'receipt-2']) {
  const { outcome } = await kit.coupons.redeem(code, { by: 'till-3', key: receipt })
  console.log(`${receipt}: ${outcome}`)
}

const { counts, verdict } = await kit.reports.campaign(campaign.id)
console.log(`${counts.sent} sent, ${counts.redemptions} redeemed. ${verdict.sentence}`)
await root.close()
await mailbox.close()

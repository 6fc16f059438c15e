import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { createCampaignKit, everyone } from '@campaignkit/core'
import { createEndpoints } from '@campaignkit/core/endpoints'
import { createRecordingChannel } from '@campaignkit/core/testing'
import { clientOf } from './clients.js'

/** The links of one message: what its reader would follow. */
export interface MessageLinks {
  readonly click: string
  readonly pixel: string
  readonly coupon: string
  readonly unsubscribe: string
  readonly preferences: string
}

const NEWS = { customerId: 'c-42', channel: 'email', topic: 'news' } as const

/**
 * A pizzeria that has written to one customer, and the function that serves the links of the message.
 *
 * @param publicUrl - the origin under which customers reach the server
 */
export async function createPizzeria(publicUrl: string) {
  const email = createRecordingChannel()
  const root = createCampaignKit({
    storage: createMemoryStorage(),
    channels: { email },
    publicUrl,
    secrets: [
      { id: '2026a', key: process.env.CAMPAIGNKIT_KEY ?? 'only for this example, nothing is secret' },
    ],
    tenants: () => ({
      topics: { offers: { en: 'Offers', de: 'Angebote' }, news: { en: 'News', de: 'Neues' } },
    }),
  })
  const kit = root.as({ tenant: 'pizzeria', actor: { id: 'u-17', kind: 'user', roles: ['marketer'] } })
  await kit.customers.upsert([{ id: 'c-42', addresses: { email: 'ada@example.com' } }])
  const granted = { decision: 'granted', basis: 'sign-up form', obtainedAt: '2025-05-01T10:00:00Z' } as const
  await kit.consents.record([{ customerId: 'c-42', channel: 'email', topic: 'offers', ...granted }])
  const campaign = await kit.campaigns.create({
    name: 'We miss you',
    audience: everyone(),
    messages: {
      email: {
        subject: 'We miss you',
        html: '<a href="https://pizza.example/menu">Menu</a>{{ qr }}<a href="{{ preferencesUrl }}">Choose</a>',
      },
    },
    coupon: { reward: { kind: 'percent', value: 30 } },
    tracking: { clicks: true, opens: true },
  })
  await kit.campaigns.launch(campaign.id)
  await root.worker().drain()

  const serve = createEndpoints({
    links: root.links,
    tenantOf: () => 'pizzeria', // several tenants: by the host name of request.url
    texts: { sender: 'Pizzeria Da Ada' },
    till: 'keys',
    clientOf,
    onError: (thrown) => console.error(thrown),
  })
  const content = email.sent[0]?.content
  const sent = content?.type === 'email' ? `${content.html} ${content.headers['List-Unsubscribe']}` : ''
  const linkTo = (prefix: string) => new RegExp(`${publicUrl}/${prefix}/[^"<> ]+`, 'i').exec(sent)?.[0] ?? ''
  const links: MessageLinks = {
    click: linkTo('c'),
    pixel: linkTo('o'),
    coupon: linkTo('q'),
    unsubscribe: linkTo('u'),
    preferences: linkTo('p'),
  }
  /** Asks the customer about news. @returns the link of the question */
  const askForNews = async (): Promise<string> => {
    const asked = await kit.consents.ask({ ...NEWS, basis: 'sign-up form', wording: '2026-03' })
    if (asked.outcome !== 'asked') throw new Error(asked.outcome)
    return asked.url
  }
  return { root, kit, serve, links, askForNews }
}

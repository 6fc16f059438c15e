import { createMemoryStorage } from '@campaignkit/adapter-memory'
import { describe, expect, it } from 'vitest'
import { CampaignKitError } from '../base/error.js'
import { SAMPLE_NOW } from '../testing/manual-clock.js'
import { createRecordingChannel } from '../testing/recording-channel.js'
import { createPizzeria, winBack } from './pizzeria.fixture.js'
import { codeOf } from './refusal.fixture.js'

const CODE = /[0-9A-Z]{6}-[0-9A-Z]{8}-[0-9A-Z]{26}/g
const SIGNED = /(https:\/\/go\.pizza\.example\/[uco]\/)[\w.-]+/g
const email = (html: string, subject = 'Hi') => ({ messages: { email: { subject, html } } })

/** A message without what differs from one to the next: code, image, signed links. */
function comparable(message: unknown): string {
  const withoutBytes = JSON.stringify(message, (key, value: unknown) => (key === 'bytes' ? 'image' : value))
  return withoutBytes.replace(CODE, 'CODE').replace(SIGNED, '$1signed')
}

describe('preview', () => {
  it('is the message that is sent, but for the token and the signed links', async () => {
    const { kit, outbox, welcome, runCampaign } = createPizzeria()
    await welcome(6, (number) => ({
      locale: number % 2 === 0 ? 'it' : 'de-AT',
      attributes: { dish: `Calzone ${number} & <b>` },
    }))
    const html =
      '<p>{{ customer.firstName }}, {{ customer.attributes.dish }} {{ now | date: "%Y-%m-%d" }} {{ campaign.metadata.season }} {{ coupon.expiresAt | date: "%d.%m." }}</p><a href="https://pizza.example/menu">Menu</a>{{ qr }}<a href="{{ unsubscribeUrl }}">x</a>'
    const campaign = await runCampaign({
      messages: {
        email: {
          subject: 'Ciao {{ customer.firstName }}',
          html,
          locales: { de: { subject: 'Servus {{ customer.firstName }}' } },
        },
      },
      experiment: {
        variants: [{ name: 'a' }, { name: 'b', messages: { email: { subject: 'B {{ variant }}' } } }],
        minContacts: 1,
      },
      metadata: { season: 'spring' },
      tracking: { clicks: true, opens: true },
    })
    expect(outbox.sent).toHaveLength(6)
    const { items } = await kit.campaigns.deliveries(campaign.id)
    for (const { customerId, arm, id } of items) {
      const preview = await kit.campaigns.preview(campaign.id, { customerId: customerId ?? '', variant: arm })
      const sent = outbox.sent.find(({ deliveryId }) => deliveryId === id)
      expect(preview).toMatchObject({ channel: 'email', variant: arm, to: sent?.to })
      expect(comparable(preview.message)).toBe(comparable(sent?.content))
    }
  })

  it.each([
    [{ source: 'crm' }, 'utm_source=crm&utm_medium=email&utm_campaign=Come%20back&utm_content=b'],
    [
      { source: 'crm', medium: 'mail', campaign: 'wb', term: 'pizza', content: 'x' },
      'utm_source=crm&utm_medium=mail&utm_campaign=wb&utm_term=pizza&utm_content=x',
    ],
  ])('tells web analytics what it is told to: %o', async (utm, query) => {
    const { kit, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(
      winBack({
        name: 'Come back',
        ...email('<a href="https://pizza.example/menu">Menu</a>'),
        experiment: { variants: [{ name: 'a' }, { name: 'b' }] },
        tracking: { utm },
      }),
    )
    const { message } = await kit.campaigns.preview(id, { customerId: 'c-0', variant: 'b' })
    const html = message.type === 'email' ? message.html?.replaceAll('&amp;', '&') : ''
    expect(html).toContain(`href="https://pizza.example/menu?${query}"`)
  })

  it('carries a code that the till does not know, and stores nothing', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    const journal = (await kit.journal.list()).items.length
    const { message } = await kit.campaigns.preview(id, { customerId: 'c-0' })
    const [code] = JSON.stringify(message).match(CODE) ?? []
    expect(await kit.coupons.redeem(code ?? '', { by: 'till', key: 'r' })).toEqual({ outcome: 'unknown' })
    expect((await kit.journal.list()).items).toHaveLength(journal)
    expect((await kit.campaigns.deliveries(id)).items).toEqual([])
  })

  it('chooses channel and variant, and knows when there is no address', async () => {
    const channels = { email: createRecordingChannel(), sms: createRecordingChannel({ kind: 'sms' }) }
    const { kit, welcome } = createPizzeria({ channels })
    await welcome(1)
    const { id } = await kit.campaigns.create(
      winBack({
        messages: { email: { subject: 'Hi', html: 'x' }, sms: { body: 'Ciao {{ customer.firstName }}' } },
        experiment: {
          variants: [{ name: 'a' }, { name: 'b', messages: { sms: { body: 'B' } } }],
          holdout: 0.1,
        },
      }),
    )
    expect(await kit.campaigns.preview(id, { customerId: 'c-0', channel: 'sms' })).toEqual({
      channel: 'sms',
      variant: 'a',
      to: null,
      message: { type: 'text', body: 'Ciao Ada0' },
    })
    expect(
      await kit.campaigns.preview(id, { customerId: 'c-0', channel: 'sms', variant: 'b' }),
    ).toMatchObject({ message: { body: 'B' } })
    expect(await codeOf(() => kit.campaigns.preview(id, { customerId: 'c-0', channel: 'push' }))).toBe(
      'INVALID_INPUT channel',
    )
    expect(await codeOf(() => kit.campaigns.preview(id, { customerId: 'c-0', variant: 'holdout' }))).toBe(
      'INVALID_INPUT variant',
    )
    expect(await codeOf(() => kit.campaigns.preview(id, { customerId: 'c-9' }))).toBe(
      'CUSTOMER_NOT_FOUND customerId',
    )
    expect(await codeOf(() => kit.campaigns.preview(id, {} as never))).toBe('INVALID_INPUT customerId')
    expect(await codeOf(() => kit.campaigns.preview('nothing', { customerId: 'c-0' }))).toBe(
      'CAMPAIGN_NOT_FOUND',
    )
  })

  it('shows what the host supplies, and after an edit the new text', async () => {
    const { kit, welcome } = createPizzeria({
      kit: { templateData: async (_scope, _campaign, ids) => new Map(ids.map((id) => [id, { points: 7 }])) },
    })
    await welcome(1)
    const draft = await kit.campaigns.create(winBack(email('<p>{{ data.points }} points</p>')))
    expect((await kit.campaigns.preview(draft.id, { customerId: 'c-0' })).message).toMatchObject({
      html: expect.stringContaining('7 points'),
    })
    await kit.campaigns.edit(draft.id, email('<p>{{ data.points }} Punkte</p>'), 1)
    expect((await kit.campaigns.preview(draft.id, { customerId: 'c-0' })).message).toMatchObject({
      html: expect.stringContaining('7 Punkte'),
    })
  })

  it('fails with the place in the template and nothing of the customer', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(1, () => ({ attributes: { link: 'javascript:alert("Ada0")' } }))
    const { id } = await kit.campaigns.create(
      winBack(email('<a href="{{ customer.attributes.link }}">x</a>')),
    )
    const refused = await kit.campaigns.preview(id, { customerId: 'c-0' }).catch((thrown: unknown) => thrown)
    expect(refused).toBeInstanceOf(CampaignKitError)
    expect(refused).toMatchObject({ code: 'TEMPLATE_RENDER_FAILED' })
    expect(JSON.stringify(refused)).not.toContain('Ada0')
  })

  it('keeps compiled messages of a bounded number of drafts and still shows each its own', async () => {
    const { kit, welcome } = createPizzeria()
    await welcome(1)
    const ids: string[] = []
    for (let number = 0; number < 520; number += 1) {
      const { id } = await kit.campaigns.create(
        winBack({ name: `c${number}`, ...email('x', `Subject ${number}`) }),
      )
      ids.push(id)
      await kit.campaigns.preview(id, { customerId: 'c-0' })
    }
    for (const number of [0, 19, 519]) {
      expect((await kit.campaigns.preview(ids[number] ?? '', { customerId: 'c-0' })).message).toMatchObject({
        subject: `Subject ${number}`,
      })
    }
  })
})

describe('a test message', () => {
  it('goes to the seeds, is in the journal and in no count', async () => {
    const { kit, outbox, root, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    const heard: unknown[] = []
    root.on('events.recorded', ({ events }) => heard.push(...events))
    const results = await kit.campaigns.sendTest(id, {
      to: ['boss@pizza.example', 'me@pizza.example'],
      customerId: 'c-0',
    })
    expect(results).toEqual([
      { to: 'boss@pizza.example', result: { outcome: 'accepted', providerMessageId: 'recorded-1' } },
      { to: 'me@pizza.example', result: { outcome: 'accepted', providerMessageId: 'recorded-2' } },
    ])
    expect(outbox.sent.map(({ to, content }) => [to, content.type === 'email' && content.subject])).toEqual([
      ['boss@pizza.example', 'We miss you, Ada0'],
      ['me@pizza.example', 'We miss you, Ada0'],
    ])
    expect(new Set(outbox.sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
    expect(heard).toEqual([])
    const report = await kit.reports.campaign(id)
    expect(report.counts).toMatchObject({ sent: 0, reached: 0 })
    expect(report.audience.matched).toBe(0)
    const [sent] = outbox.sent
    expect(
      await kit.events.ingest([
        { key: 'k', type: 'opened', at: SAMPLE_NOW, deliveryId: sent?.deliveryId ?? ('' as never) },
      ]),
    ).toMatchObject({ unknown: 1 })
    const [code] = JSON.stringify(sent?.content).match(CODE) ?? []
    expect(await kit.coupons.redeem(code ?? '', { by: 'till', key: 'r' })).toEqual({ outcome: 'unknown' })
    const entry = (await kit.journal.list()).items.at(-1)
    expect(entry).toMatchObject({
      action: 'campaign.test',
      subject: { type: 'campaign', id },
      after: { channel: 'email', variant: 'all', messages: 2 },
    })
    expect(JSON.stringify(entry)).not.toContain('boss')
    await kit.campaigns.delete(id, 1)
  })

  it.each<[string, unknown, string]>([
    ['no seed', { to: [], customerId: 'c-0' }, 'INVALID_INPUT to'],
    [
      'more than twenty',
      { to: Array.from({ length: 21 }, () => 'a@b.example'), customerId: 'c-0' },
      'INVALID_INPUT to',
    ],
    [
      'a seed that is no address',
      { to: ['a@b.example', 'nobody'], customerId: 'c-0' },
      'ADDRESS_INVALID to[1]',
    ],
    [
      'a seed with a second header',
      { to: ['a@b.example\r\nBcc: all@b.example'], customerId: 'c-0' },
      'ADDRESS_INVALID to[0]',
    ],
    [
      'a customer who is not there',
      { to: ['a@b.example'], customerId: 'c-9' },
      'CUSTOMER_NOT_FOUND customerId',
    ],
    [
      'a channel that the campaign has not',
      { to: ['a@b.example'], customerId: 'c-0', channel: 'sms' },
      'INVALID_INPUT channel',
    ],
    ['an unknown option', { to: ['a@b.example'], customerId: 'c-0', cc: 'x' }, 'UNKNOWN_FIELD cc'],
  ])('to %s is refused, and nobody is written to', async (_what, options, refused) => {
    const { kit, outbox, welcome } = createPizzeria()
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    const journal = (await kit.journal.list()).items.length
    expect(await codeOf(() => kit.campaigns.sendTest(id, options as never))).toBe(refused)
    expect(outbox.sent).toEqual([])
    expect((await kit.journal.list()).items).toHaveLength(journal)
  })

  it('tells what became of each seed when the channel throws, answers nothing or refuses', async () => {
    const answers: (() => Promise<readonly never[]>)[] = [
      async () => {
        throw new Error('a@b.example is not here')
      },
      async () => [],
      async () => [{ outcome: 'permanent', code: '550' } as never],
    ]
    let call = 0
    const channel = { ...createRecordingChannel(), send: async () => answers[call++]?.() ?? [] }
    const { kit, welcome } = createPizzeria({ email: channel })
    await welcome(1)
    const { id } = await kit.campaigns.create(winBack())
    const results = await kit.campaigns.sendTest(id, {
      to: ['a@b.example', 'b@b.example', 'c@b.example'],
      customerId: 'c-0',
    })
    expect(results.map(({ result }) => result)).toEqual([
      { outcome: 'unknown', code: 'CHANNEL_FAILED' },
      { outcome: 'unknown', code: 'no-result' },
      { outcome: 'permanent', code: '550' },
    ])
  })

  it('needs an adapter in this process', async () => {
    const storage = createMemoryStorage()
    const first = createPizzeria({ storage })
    await first.welcome(1)
    const { id } = await first.kit.campaigns.create(winBack())
    const without = createPizzeria({ storage, channels: {}, seed: 'other' })
    expect(
      await codeOf(() => without.kit.campaigns.sendTest(id, { to: ['a@b.example'], customerId: 'c-0' })),
    ).toBe('CAMPAIGN_CHANNEL_NOT_CONFIGURED')
  })
})
